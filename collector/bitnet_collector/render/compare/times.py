"""The times of both runs: ratio, interval and verdict of each stage."""

from __future__ import annotations

from dataclasses import dataclass

from bitnet_report import SMALLEST_EFFECT, Comparison

from ...texts import Texts
from ..compare_words import TimeWords, bar_position, bar_reach, ratio_figure, time_words
from ..sections import Section


@dataclass(frozen=True)
class TimesView:
    """The rows; `band` are the ends of what is indistinguishable, as shares (0 to 100) of the bars' axis."""

    rows: list[TimeWords]
    band: tuple[float, float]
    reach: str
    percent: int


def section(comparison: Comparison, texts: Texts) -> Section:
    """Every stage that at least one side has."""
    reach = bar_reach(comparison)
    view = TimesView(
        rows=time_words(comparison, texts),
        band=(bar_position(1 / (1 + SMALLEST_EFFECT), reach), bar_position(1 + SMALLEST_EFFECT, reach)),
        reach=ratio_figure(reach)[:4],
        percent=round(SMALLEST_EFFECT * 100),
    )
    return Section("times", texts("compare_times"), view)
