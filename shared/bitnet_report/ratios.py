"""The ratio of two sets of times, its interval, and what may be said of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from statistics import median

from .comparison import Reason, TimeComparison, Verdict
from .fields import LARGEST_RATIO, is_ratio
from .statistics import RESAMPLES, bootstrap_replicas, interval_of

SMALLEST_EFFECT = 0.03
"""A difference under 3 % is not called one: two runs of an idle machine may lie that far apart."""

MOST_RESAMPLED = 500
"""Samples of one side of a row that its interval is drawn from, `RESAMPLES` times over."""

_MOST_IN_ALL = 4000  # of one side of all rows together: `MOST_RESAMPLED` for each of the eight of a usual run

Groups = Sequence[Sequence[float]]
Clocks = tuple[float | None, float | None]


def most_resampled(rows: int) -> int:
    """How many samples of a side each of so many rows may draw its interval from."""
    return min(MOST_RESAMPLED, _MOST_IN_ALL // max(rows, 1))


def compare_times(
    name: str, a: Groups, b: Groups, clocks: Clocks, obstacle: Reason | None, *, most: int = MOST_RESAMPLED
) -> TimeComparison:
    """Hold the times b (ms, in groups) against a; `clocks` are both sides' MHz.

    An `obstacle` leaves the medians and takes the ratio away. The interval is drawn from at most `most`
    samples of a side.
    """
    a_n, b_n = (sum(map(len, side)) for side in (a, b))
    a_ms, b_ms = _median(a), _median(b)
    row = partial(TimeComparison, name=name, a_ms=a_ms, b_ms=b_ms, a_n=a_n, b_n=b_n)
    if a_ms is None or b_ms is None:
        return row(verdict="not-comparable", reason="missing")
    if obstacle:
        return row(verdict="not-comparable", reason=obstacle)
    several = a_n > 1 and b_n > 1
    interval = ratio_interval(a, b, most) if several else None
    if not is_ratio(a_ms, b_ms) or (several and interval is None):
        return row(verdict="not-comparable", reason="no-time")
    return row(
        ratio=b_ms / a_ms,
        low=interval and interval[0],
        high=interval and interval[1],
        thinned_to=most if interval and max(a_n, b_n) > most else None,
        ratio_equal_clock=_at_equal_clock(b_ms / a_ms, clocks),
        verdict=_verdict(a_ms, b_ms, interval),
    )


def ratio_interval(a: Groups, b: Groups, most: int = MOST_RESAMPLED) -> tuple[float, float] | None:
    """The 95 % bootstrap interval of median(b) ÷ median(a); None where a median may be zero, or next to it.

    Each side is resampled by itself, groups first. Both draw the same random numbers, so their replicas are
    paired half a turn apart: that makes them independent, and it does not matter which side is called a.
    """
    ours, theirs = bootstrap_replicas(_thinned(a, most)), bootstrap_replicas(_thinned(b, most))
    if not (is_ratio(min(ours), max(theirs)) and is_ratio(max(ours), min(theirs))):
        return None
    half = RESAMPLES // 2
    return interval_of([theirs[(i + half) % RESAMPLES] / ours[i] for i in range(RESAMPLES)])


def _at_equal_clock(ratio: float, clocks: Clocks) -> float | None:
    a_mhz, b_mhz = clocks
    if not a_mhz or not b_mhz:
        return None
    scaled = ratio * (b_mhz / a_mhz)
    return scaled if scaled <= LARGEST_RATIO else None


def _verdict(a_ms: float, b_ms: float, interval: tuple[float, float] | None) -> Verdict:
    if interval is None:
        return "one-sample"
    effect = max(a_ms, b_ms) / min(a_ms, b_ms) - 1  # the same whichever of the two is called a
    if effect < SMALLEST_EFFECT or interval[0] <= 1 <= interval[1]:
        return "indistinguishable"
    return "faster" if b_ms < a_ms else "slower"


def _median(groups: Groups) -> float | None:
    samples = [sample for group in groups for sample in group]
    return median(samples) if samples else None


def _thinned(groups: Groups, most: int) -> list[list[float]]:
    """At most `most` samples, evenly taken from every group; fewer make the interval wider, not narrower.

    Of more than half as many groups some are left out, evenly too, so that the others keep several samples.
    """
    filled = [group for group in groups if group]
    total = sum(map(len, filled))
    if total <= most:
        return [list(group) for group in filled]
    if len(filled) == total:
        return [list(group) for group in filled[:: -(-total // most)]]
    kept = filled[:: -(-len(filled) // (most // 2))]
    stride = -(-sum(map(len, kept)) // (most - len(kept)))
    return [list(group[::stride]) for group in kept]
