"""What bounds a stage: its counts held against the machine's limits, computed here and nowhere else.

| figure                      | formula                                                                    |
|-----------------------------|----------------------------------------------------------------------------|
| bytes                       | bytes read + bytes written, of every part of the traffic                   |
| intensity                   | operations ÷ bytes                                                         |
| gops, gb_per_s              | operations, bytes ÷ the stage's median time                                |
| bandwidth_share             | gb_per_s ÷ the read bandwidth that was measured                            |
| compute_share               | gops ÷ the peak that was measured for the stage's type of number           |
| core_bound_share            | 1 − bandwidth_share, at least 0; 1 where the weights fit in the cache      |
| normalized_bound_aware_ms   | time × (core_bound_share × clock ÷ reference + 1 − core_bound_share)       |
| ideal_2bit_bytes            | ternary weights ÷ 4, for every forward                                     |
| ideal_2bit_ms               | the longer of ideal_2bit_bytes ÷ bandwidth and operations ÷ peak           |

A small stage's share may be over 1: a cache serves what the code asks for twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from .agreement import compare_figures
from .fields import MB
from .report import FreqNormalization, Report, StageProfile
from .roofline import Limits, Roofline, StageRoofline, Verdict

BOUND, PARTLY_BOUND = 0.70, 0.40
"""Shares of the measured limit from which a stage is bound by it, or partly so (llama-roofline's thresholds
for the bandwidth; used for the peak alike)."""

BEYOND_PEAK = 1.1
"""Times the peak; below it the probe's own spread explains it."""

_TERNARY_WEIGHTS_PER_BYTE = 4


def roofline(
    limits: Sequence[Limits],
    counted: Sequence[StageRoofline],
    stages: Sequence[StageProfile],
    frequency: FreqNormalization,
) -> Roofline:
    """Hold the counted stages against the limits; `counted` need hold only what was counted."""
    by_name = {stage.name: stage for stage in stages}
    frame = _frame(limits)
    return frame.model_copy(
        update={
            "stages": [_stage(count, by_name[count.stage], frame, frequency) for count in counted],
        }
    )


def verdict(bandwidth_share: float | None, compute_share: float | None) -> Verdict | None:
    """Say which limit holds a stage back, by the larger share; None where neither limit is known."""
    shares = [share for share in (bandwidth_share, compute_share) if share is not None]
    if not shares:
        return None
    highest = max(shares)
    if highest < PARTLY_BOUND:
        return "overhead"
    if highest == bandwidth_share:
        return "memory-bound" if highest >= BOUND else "partly memory-bound"
    return "compute-bound" if highest >= BOUND else "partly compute-bound"


def is_beyond_peak(stage: StageRoofline) -> bool:
    """Tell whether a stage multiplied faster than the peak that was read, which then says nothing of it."""
    return stage.compute_share is not None and stage.compute_share > BEYOND_PEAK


def cache_bytes(limits: Sequence[Limits]) -> float | None:
    """The last-level cache as the limits know it."""
    return max((reading.cache_mb * MB for reading in limits if reading.cache_mb is not None), default=None)


def check_roofline(report: Report) -> Iterator[tuple[str, str]]:
    """Do the roofline's sums again and give every field that does not agree, with a sentence on it."""
    stated = report.roofline
    if stated is None:
        return
    frame = _frame(stated.limits)
    yield from compare_figures("roofline.read_gb_per_s", stated.read_gb_per_s, frame.read_gb_per_s)
    for kind in {*stated.peaks_gops, *frame.peaks_gops}:
        yield from compare_figures(
            f"roofline.peaks_gops.{kind}", stated.peaks_gops.get(kind), frame.peaks_gops.get(kind)
        )
    for position, stage in enumerate(stated.stages):
        field = f"roofline.stages[{position}]"
        profile = report.stage(stage.stage)
        if profile is None:
            yield f"{field}.stage", f"the run has no stage {stage.stage}"
            continue
        expected = _stage(stage, profile, frame, report.freq_normalization)
        for name in _COMPUTED:
            yield from compare_figures(f"{field}.{name}", getattr(stage, name), getattr(expected, name))
        if stage.verdict != expected.verdict:
            yield f"{field}.verdict", f"says {stage.verdict}, but its shares say {expected.verdict}"


_COMPUTED = (
    "bytes", "intensity", "gops", "gb_per_s", "bandwidth_share", "compute_share", "fits_in_cache",
    "ideal_2bit_bytes", "ideal_2bit_ms", "core_bound_share", "normalized_bound_aware_ms",
)  # fmt: skip


def _frame(limits: Sequence[Limits]) -> Roofline:
    """The limits with their medians, and no stage yet."""
    reads = [reading.read_gb_per_s for reading in limits if reading.read_gb_per_s is not None]
    kinds = sorted({kind for reading in limits for kind in reading.peaks_gops})
    return Roofline(
        limits=list(limits),
        read_gb_per_s=median(reads) if reads else None,
        peaks_gops={
            kind: median(r.peaks_gops[kind] for r in limits if kind in r.peaks_gops) for kind in kinds
        },
    )


def _stage(
    counted: StageRoofline, profile: StageProfile, frame: Roofline, frequency: FreqNormalization
) -> StageRoofline:
    seconds = profile.duration_ms / 1000
    moved = sum(part.read_bytes + part.written_bytes for part in counted.traffic)
    peak = frame.peaks_gops.get(counted.arithmetic) if counted.arithmetic else None
    gops, rate = _rate(counted.operations, seconds), _rate(moved, seconds)
    bandwidth_share, compute_share = _ratio(rate, frame.read_gb_per_s), _ratio(gops, peak)
    cache = cache_bytes(frame.limits)
    fits = None if cache is None else counted.distinct_bytes <= cache
    from_memory = None if fits else bandwidth_share
    core_bound = 1.0 if fits else None if from_memory is None else max(0.0, 1 - from_memory)
    ideal_bytes = counted.ternary_weights * counted.forwards // _TERNARY_WEIGHTS_PER_BYTE
    clock = profile.clock_mhz or frequency.actual_freq_mhz
    scale = None if clock is None else clock / frequency.reference_freq_mhz
    return counted.model_copy(
        update={
            "bytes": moved,
            "intensity": _ratio(counted.operations, moved),
            "gops": gops,
            "gb_per_s": rate,
            "bandwidth_share": bandwidth_share,
            "compute_share": compute_share,
            "fits_in_cache": fits,
            "verdict": verdict(from_memory, compute_share),
            "ideal_2bit_bytes": ideal_bytes,
            "ideal_2bit_ms": _ideal_ms(ideal_bytes, counted.operations, frame.read_gb_per_s, peak),
            "core_bound_share": core_bound,
            "normalized_bound_aware_ms": (
                None
                if scale is None or core_bound is None
                else profile.duration_ms * (core_bound * scale + 1 - core_bound)
            ),
        }
    )


def _ideal_ms(
    ideal_bytes: int, operations: int, read_gb_per_s: float | None, peak_gops: float | None
) -> float | None:
    """Milliseconds of the slower of both limits; None without ternary weights or a bandwidth."""
    if not ideal_bytes or not read_gb_per_s:
        return None
    reading_ms = ideal_bytes / read_gb_per_s / 1e6
    return max(reading_ms, operations / peak_gops / 1e6) if peak_gops else reading_ms


def _rate(amount: float, seconds: float) -> float | None:
    """10^9 a second."""
    return amount / seconds / 1e9 if seconds > 0 else None


def _ratio(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else part / whole
