"""The time of each stage: as marks with intervals, as shares, and in figures."""

from __future__ import annotations

from dataclasses import dataclass

from bitnet_report import DRIFT, NOISY, OUTLIER_Z, UNUSABLE

from ...texts import Texts
from ..charts.drawing import Chart
from ..charts.stage_shares import stage_shares
from ..charts.stage_times import stage_times
from ..sections import Section
from ..stage_rows import StageRow, stage_rows
from .shown import ShownRun


@dataclass(frozen=True)
class StagesView:
    """Both charts, the rows, and the thresholds (in percent, but `z`) behind the words of their spread."""

    times: Chart | None
    shares: Chart | None
    rows: list[StageRow]
    clock: str
    noisy: int = round(NOISY * 100)
    unusable: int = round(UNUSABLE * 100)
    drift: int = round(DRIFT * 100)
    z: int = round(OUTLIER_Z)


def section(shown: ShownRun, texts: Texts) -> Section:
    """Every report has stages."""
    report = shown.report
    view = StagesView(
        times=stage_times(report, texts),
        shares=stage_shares(report, texts),
        rows=stage_rows(report, texts),
        clock=shown.clock,
    )
    return Section("stages", texts("stages"), view)
