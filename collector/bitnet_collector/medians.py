"""Several runs of one member as one: the median of each figure, the worst of each doubt."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from .tables import Run

_FIGURES = (
    "freq_base_mhz",
    "clock_mhz",
    "total_time_ms",
    "prefill_ms",
    "prefill_normalized_ms",
    "decode_ms_per_token",
    "decode_normalized_ms_per_token",
    "decode_tokens_per_s",
    "peak_memory_mb",
)
_INTERVALS = ("prefill_low", "prefill_high", "prefill_n", "decode_low", "decode_high", "decode_n")
_WORST_LAST = (None, "A", "B", "C", "invalid")


def median_run(runs: Sequence[Run]) -> Run:
    """The runs (newest first, at least one) as one row: the newest's, with the medians of all in its figures.

    A figure that some runs lack is the median of those that have it. Intervals of single runs say nothing
    about the median of several and are left out. The grade is the worst, the caveats are those of any.
    """
    newest = runs[0]
    figures = {name: _median(runs, name) for name in _FIGURES}
    reasons = {reason["code"]: reason for run in reversed(runs) for reason in run.reasons or []}
    sources = {run.clock_source for run in runs}
    values = {
        **newest.model_dump(),
        **figures,
        **dict.fromkeys(_INTERVALS),
        "grade": max((run.grade for run in runs), key=_badness),
        "clock_source": newest.clock_source if len(sources) == 1 else None,
        "caveats": list(dict.fromkeys(code for run in runs for code in run.caveats)),
        "reasons": list(reasons.values()),
    }
    return Run(**values)


def _median(runs: Sequence[Run], name: str) -> float | None:
    present = [value for run in runs if (value := getattr(run, name)) is not None]
    return median(present) if present else None


def _badness(grade: str | None) -> int:
    return _WORST_LAST.index(grade) if grade in _WORST_LAST else 0
