"""A comparison's rows in words and figures; the page and the text show the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import log

from bitnet_report import (
    SMALLEST_EFFECT,
    STAGES,
    Comparison,
    Difference,
    TimeComparison,
    comparison_hint,
    comparison_verdict,
)

from ..texts import Texts
from .figures import NOTHING, figure
from .stage_rows import stage_words

_LEAST_REACH, _MOST_REACH = 1.25, 16.0
_OWN_REASONS = ("missing", "no-time", "compile-cache")


@dataclass(frozen=True)
class Bar:
    """An interval on a logarithmic axis around 1, in shares (0 to 100) of its width."""

    low: float
    high: float
    at: float


@dataclass(frozen=True)
class TimeWords:
    """One row of times, ready to show; `reason` only where it is this row's own and not the whole runs'."""

    name: str
    key: str
    inner: bool
    a: str
    b: str
    n: str
    ratio: str
    interval: str
    equal_clock: str
    verdict: str
    verdict_words: str
    reason: str
    bar: Bar | None


def time_words(comparison: Comparison, texts: Texts) -> list[TimeWords]:
    """Each row that at least one side has."""
    reach = bar_reach(comparison)
    return [_row(row, reach, texts) for row in comparison.times if row.a_n or row.b_n]


def reading_hints(comparison: Comparison, texts: Texts) -> list[str]:
    """How to read the verdicts, and that intervals were drawn from some of the samples where they were."""
    percent = round(SMALLEST_EFFECT * 100)
    hints = [
        comparison_hint("indistinguishable", texts.language, percent=percent),
        comparison_hint("one-sample", texts.language),
    ]
    if comparison.thinned_to is not None:
        hints.append(comparison_hint("thinned", texts.language, most=comparison.thinned_to))
    return hints


def bar_reach(comparison: Comparison) -> float:
    """How far the bars' axis goes on either side of 1: to the farthest interval, within reason."""
    ends = [end for row in comparison.times for end in (row.low, row.high) if end]
    farthest = max((max(end, 1 / end) for end in ends), default=1.0)
    return min(max(farthest * 1.05, _LEAST_REACH), _MOST_REACH)


def bar_position(ratio: float, reach: float) -> float:
    """Where a ratio lies on the axis: 50 for 1, 0 and 100 for the ends and all beyond."""
    return min(100.0, max(0.0, 50 + 50 * log(ratio) / log(reach)))


def difference_value(value: object, texts: Texts) -> str:
    """One side of a difference: a hash by its first digits, null as not stated."""
    if value is None:
        return texts("not_stated")
    if isinstance(value, bool):
        return texts("yes" if value else "no")
    shown = f"{value:.6g}" if isinstance(value, float) else str(value)
    return shown[:12] if re.fullmatch("[0-9a-f]{64}", shown) else shown


def difference_rows(differences: list[Difference], texts: Texts) -> list[tuple[str, str, str]]:
    """Field, a and b."""
    return [(d.field, difference_value(d.a, texts), difference_value(d.b, texts)) for d in differences]


def _row(row: TimeComparison, reach: float, texts: Texts) -> TimeWords:
    bounded = row.ratio and row.low and row.high
    return TimeWords(
        name=stage_words(row.name, texts),
        key=row.name if row.name in STAGES else "",
        inner=row.name == "decode_step",
        a=figure(row.a_ms, grouped=True),
        b=figure(row.b_ms, grouped=True),
        n=str(row.a_n) if row.a_n == row.b_n else f"{row.a_n}, {row.b_n}",
        ratio=ratio_figure(row.ratio),
        interval=texts("compare_from_to", low=ratio_figure(row.low), high=ratio_figure(row.high))
        if bounded
        else texts("compare_no_interval"),
        equal_clock=ratio_figure(row.ratio_equal_clock),
        verdict=row.verdict,
        verdict_words=comparison_verdict(row.verdict, texts.language),
        reason=texts(f"reason_{row.reason}") if row.reason in _OWN_REASONS else "",
        bar=Bar(*(bar_position(end, reach) for end in (row.low, row.high, row.ratio)))
        if row.ratio and row.low and row.high
        else None,
    )


def ratio_figure(ratio: float | None) -> str:
    """A ratio to three decimals, with fewer where it is large."""
    if ratio is None:
        return NOTHING
    return f"{ratio:.3f}" if ratio < 10 else f"{ratio:,.1f}"
