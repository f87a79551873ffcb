"""What the roofline gives reason to doubt: limits that moved, and a stage faster than they allow."""

from __future__ import annotations

from collections.abc import Iterator

from .bounds import BEYOND_PEAK, cache_bytes
from .caveats import make_caveat
from .report import Caveat, Report
from .roofline import Limits, Roofline, StageRoofline

READ_MOVED, PEAK_MOVED = 0.15, 0.20
"""Highest reading ÷ lowest − 1. Over 32 readings on a quiet 2-core virtual machine two neighbours differed by
5 % at most in memory, 6 % in int8 products and 17 % in bfloat16 products (`benchmarks/bench_limits.py`):
three times the first, and just over the last. A machine that is moved about goes far beyond."""

FASTER, FAR_FASTER = BEYOND_PEAK, 2.0
"""Times the highest limit that was read. The first leaves room for the probe's own spread; a machine whose
limits moved by 1.7 has been seen (47 and 80 GB/s from one minute to the next), so only from 2 on is it sure
that the work was not done."""


def roofline_caveats(report: Report) -> list[Caveat]:
    """Find them; a run without a roofline has none."""
    seen = report.roofline
    return [] if seen is None else [*_moved(seen), *_too_fast(report, seen)]


def _moved(seen: Roofline) -> Iterator[Caveat]:
    """The largest movement alone, relative to its own threshold: they move together."""
    figures = [("GB/s", READ_MOVED, [r.read_gb_per_s for r in seen.limits if r.read_gb_per_s])]
    for kind in seen.peaks_gops:
        values = [r.peaks_gops[kind] for r in seen.limits if r.peaks_gops.get(kind)]
        figures.append((f"Gop/s {kind}", PEAK_MOVED, values))
    found = [
        (max(values) / min(values) - 1, threshold, what, values)
        for what, threshold, values in figures
        if len(values) > 1
    ]
    over = [entry for entry in found if entry[0] > entry[1]]
    if over:
        moved, _, what, values = max(over, key=lambda entry: entry[0] / entry[1])
        yield make_caveat("limits-moved", low=min(values), high=max(values), what=what, percent=moved * 100)


def _too_fast(report: Report, seen: Roofline) -> Iterator[Caveat]:
    for stage in seen.stages:
        profile = report.stage(stage.stage)
        if profile is None or profile.duration_ms <= 0:
            continue
        billions_a_second = 1 / profile.duration_ms / 1e6
        read, multiplied = _must_be_read(stage, seen), stage.operations
        yield from _if_over(stage, read * billions_a_second, max(_reads(seen.limits), default=0), "GB/s")
        peaks = [peak for limits in seen.limits for peak in limits.peaks_gops.values()]
        yield from _if_over(stage, multiplied * billions_a_second, max(peaks, default=0), "Gop/s")
        yield from _peak_too_low(stage, multiplied * billions_a_second, seen)


def _peak_too_low(stage: StageRoofline, rate: float, seen: Roofline) -> Iterator[Caveat]:
    """The peak of the stage's own type of number, where that of another one is not exceeded as well."""
    kind = stage.arithmetic or ""
    own = max((limits.peaks_gops.get(kind, 0) for limits in seen.limits), default=0)
    highest = max((peak for limits in seen.limits for peak in limits.peaks_gops.values()), default=0)
    if own > 0 and FASTER * own < rate <= FASTER * highest:
        yield make_caveat(
            "peak-too-low", stage=stage.stage, rate=rate, limit=own, what=f"Gop/s {kind}", factor=rate / own
        )


def _reads(limits: list[Limits]) -> list[float]:
    return [
        rate
        for reading in limits
        for rate in (reading.read_gb_per_s, reading.read_huge_pages_gb_per_s)
        if rate is not None
    ]


def _must_be_read(stage: StageRoofline, seen: Roofline) -> float:
    """Bytes that cannot have come from the cache: of each forward's, all but what the cache can hold."""
    return max(0.0, stage.distinct_bytes - (cache_bytes(seen.limits) or 0)) * stage.forwards


def _if_over(stage: StageRoofline, rate: float, limit: float, what: str) -> Iterator[Caveat]:
    if limit <= 0 or rate <= FASTER * limit:
        return
    code = "far-faster-than-limit" if rate > FAR_FASTER * limit else "faster-than-limit"
    yield make_caveat(code, stage=stage.stage, factor=rate / limit, rate=rate, limit=limit, what=what)
