"""Figures that follow from others: the brief's formula, the stage totals, the headline.

The agent fills them in when it writes a report; `check_derived` does the sums again when one is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from statistics import median

from .agreement import compare_all, compare_figures
from .allocation_sums import check_allocation
from .bounds import check_roofline
from .operator_sums import check_operators
from .report import (
    INFERENCE_STAGES,
    FreqNormalization,
    MemoryKinds,
    PeakSource,
    Report,
    StageProfile,
    Summary,
)
from .statistics import Statistics, describe, mean_interval, spread_of


def frequency_normalization(
    actual_mhz: float | None, reference_mhz: float, source: str | None = None
) -> FreqNormalization:
    """State the brief's scale factor, actual ÷ reference; unknown where no clock is known."""
    if actual_mhz is None:
        return FreqNormalization(
            actual_freq_mhz=None,
            reference_freq_mhz=reference_mhz,
            scale_factor=None,
            source=source,
            explanation="no clock is known, so nothing is normalised",
        )
    return FreqNormalization(
        actual_freq_mhz=actual_mhz,
        reference_freq_mhz=reference_mhz,
        scale_factor=actual_mhz / reference_mhz,
        source=source,
        explanation=(
            f"normalised = measured × {actual_mhz:.0f} MHz / {reference_mhz:.0f} MHz; "
            "it holds as far as the core's clock is the bottleneck, and not for time spent waiting on memory"
        ),
    )


def normalized_ms(duration_ms: float, actual_mhz: float | None, reference_mhz: float) -> float | None:
    """Scale a time (ms) to the reference clock: duration × actual ÷ reference (the brief's formula)."""
    return None if actual_mhz is None else duration_ms * actual_mhz / reference_mhz


def stage_profile(
    name: str,
    samples_ms: Sequence[float],
    frequency: FreqNormalization,
    *,
    tokens: int | None = None,
    groups: Sequence[int] | None = None,
    steps_ms: Sequence[Sequence[float]] | None = None,
    clock_mhz: float | None = None,
    memory_before_mb: float | None = None,
    memory_after_mb: float | None = None,
    memory_peak_mb: float | None = None,
    memory_peak_source: PeakSource | None = None,
    memory_kinds: MemoryKinds | None = None,
) -> StageProfile:
    """Make a stage from its samples (ms, at least one) and its memory (MB) as read.

    `groups` counts the samples of each process where there were several; `steps_ms` are the single steps of
    each repetition (decode).
    """
    duration = median(samples_ms)
    clock = clock_mhz if clock_mhz is not None else frequency.actual_freq_mhz
    per_token = duration / tokens if tokens else None
    bounds = mean_interval(steps_ms) if steps_ms else None
    return StageProfile(
        name=name,
        duration_ms=duration,
        duration_normalized_ms=normalized_ms(duration, clock, frequency.reference_freq_mhz),
        samples_ms=list(samples_ms),
        tokens=tokens,
        ms_per_token=per_token,
        ms_per_token_low=bounds[0] if bounds else None,
        ms_per_token_high=bounds[1] if bounds else None,
        clock_mhz=clock_mhz,
        cycles_per_token=cycles(per_token, clock),
        sample_groups=list(groups) if groups else None,
        statistics=describe(grouped(samples_ms, groups)),
        step_statistics=describe(steps_ms) if steps_ms and any(steps_ms) else None,
        memory_before_mb=memory_before_mb,
        memory_after_mb=memory_after_mb,
        memory_delta_mb=_difference(memory_after_mb, memory_before_mb),
        memory_peak_mb=memory_peak_mb,
        memory_peak_source=memory_peak_source,
        memory_kinds=memory_kinds,
    )


def grouped(samples: Sequence[float], groups: Sequence[int] | None) -> list[list[float]]:
    """Cut samples into groups of the given sizes; without sizes they are one group."""
    sizes = list(groups) if groups else [len(samples)]
    starts = accumulate(sizes, initial=0)
    return [list(samples[start : start + size]) for start, size in zip(starts, sizes, strict=False)]


def cycles(duration_ms: float | None, clock_mhz: float | None) -> float | None:
    """Clock cycles of one core in that time: ms × MHz × 1000."""
    return None if duration_ms is None or clock_mhz is None else duration_ms * clock_mhz * 1000


def summarize(stages: Iterable[StageProfile], peak_memory_mb: float | None = None) -> Summary:
    """Compute the headline; the peak is the stages' largest unless `peak_memory_mb` states one."""
    by_name = {stage.name: stage for stage in stages}
    every = list(by_name.values())
    inference = [by_name[name] for name in INFERENCE_STAGES if name in by_name]
    prefill, decode, tokenization = (by_name.get(name) for name in ("prefill", "decode", "tokenization"))
    peaks = [stage.memory_peak_mb for stage in every if stage.memory_peak_mb is not None]
    normalized = [stage.duration_normalized_ms for stage in every]
    per_token = decode.ms_per_token if decode else None
    return Summary(
        total_time_ms=sum(stage.duration_ms for stage in every),
        total_time_normalized_ms=None if None in normalized else sum(n for n in normalized if n is not None),
        inference_time_ms=sum(stage.duration_ms for stage in inference) if inference else None,
        time_to_first_token_ms=(
            tokenization.duration_ms + prefill.duration_ms if tokenization and prefill else None
        ),
        peak_memory_mb=peak_memory_mb if peak_memory_mb is not None else max(peaks, default=None),
        prefill_ms=prefill.duration_ms if prefill else None,
        prefill_normalized_ms=prefill.duration_normalized_ms if prefill else None,
        decode_ms_per_token=per_token,
        decode_normalized_ms_per_token=(
            decode.duration_normalized_ms / decode.tokens
            if decode and decode.tokens and decode.duration_normalized_ms is not None
            else None
        ),
        decode_tokens_per_s=1000 / per_token if per_token else None,
    )


def check_derived(report: Report) -> tuple[str, str] | None:
    """Do every sum of a report again.

    Returns:
        None if all agree, else the first field that does not and a sentence on it.
    """
    return next(_contradictions(report), None)


def _contradictions(report: Report) -> Iterator[tuple[str, str]]:
    frequency = report.freq_normalization
    actual = frequency.actual_freq_mhz
    scale = None if actual is None else actual / frequency.reference_freq_mhz
    yield from compare_figures("freq_normalization.scale_factor", frequency.scale_factor, scale)
    names = [stage.name for stage in report.stage_profiles]
    for position, stage in enumerate(report.stage_profiles):
        field = f"stage_profiles[{position}]"
        if stage.name in names[:position]:
            yield f"{field}.name", f"the stage {stage.name} stands twice"
        yield from _check_stage(field, stage, frequency)
    yield from _check_steps(report)
    stated_peak = report.summary.peak_memory_mb if report.schema_version == 0 else None
    expected = summarize(report.stage_profiles, stated_peak)
    yield from compare_all("summary", report.summary, expected)
    yield from check_operators(report.operators, forward_times_ms(report.stage_profiles))
    yield from check_allocation(report.allocation)
    yield from _check_agreements(report)
    yield from check_roofline(report)


def forward_times_ms(stages: Iterable[StageProfile]) -> dict[str, float | None]:
    """Each stage's time (ms) of one forward: decode's of a token, every other's as a whole."""
    return {
        stage.name: stage.ms_per_token if stage.name == "decode" else stage.duration_ms for stage in stages
    }


def _check_agreements(report: Report) -> Iterator[tuple[str, str]]:
    """What stands in two places of a report must be the same in both."""
    frequency, decode = report.freq_normalization, report.stage("decode")
    yield from compare_figures(
        "meta.reference_freq_mhz", report.meta.reference_freq_mhz, frequency.reference_freq_mhz
    )
    if report.schema_version and None not in (report.cpu_info.clock_mhz, frequency.actual_freq_mhz):
        yield from compare_figures("cpu_info.clock_mhz", report.cpu_info.clock_mhz, frequency.actual_freq_mhz)
    wanted = report.workload.decode_tokens
    if decode is not None and wanted is not None and decode.tokens not in (None, wanted):
        yield "workload.decode_tokens", f"says {wanted}, but the decode stage counts {decode.tokens}"
    if wanted is not None and any(len(steps) != wanted for steps in report.decode_steps_ms):
        yield "decode_steps_ms", f"each repetition must have the {wanted} steps of workload.decode_tokens"


def _check_stage(field: str, stage: StageProfile, frequency: FreqNormalization) -> Iterator[tuple[str, str]]:
    clock = stage.clock_mhz or frequency.actual_freq_mhz
    expected: dict[str, float | None] = {
        "duration_ms": median(stage.samples_ms) if stage.samples_ms else stage.duration_ms,
        "duration_normalized_ms": normalized_ms(stage.duration_ms, clock, frequency.reference_freq_mhz),
        "ms_per_token": stage.duration_ms / stage.tokens if stage.tokens else None,
        "memory_delta_mb": _difference(stage.memory_after_mb, stage.memory_before_mb),
    }
    if stage.cycles_per_token is not None:
        expected["cycles_per_token"] = cycles(stage.ms_per_token, clock)
    yield from compare_all(field, stage, expected.items())
    if stage.sample_groups is not None and sum(stage.sample_groups) != len(stage.samples_ms):
        yield f"{field}.sample_groups", "the groups do not add up to the samples"
    if stage.statistics is not None and stage.samples_ms:
        yield from _check_statistics(f"{field}.statistics", stage.statistics, stage.samples_ms)


def _check_statistics(field: str, stated: Statistics, samples: Sequence[float]) -> Iterator[tuple[str, str]]:
    """Check what is cheap to compute again; the bootstrap is not, and is only held to enclose the median."""
    yield from compare_all(field, stated, spread_of(samples)._asdict().items())
    if stated.low is not None and stated.high is not None and not stated.low <= stated.median <= stated.high:
        yield f"{field}.low", "the interval does not enclose the median"


def _check_steps(report: Report) -> Iterator[tuple[str, str]]:
    decode = report.stage("decode")
    if decode is None or not decode.samples_ms or not report.decode_steps_ms:
        return
    if len(report.decode_steps_ms) != len(decode.samples_ms):
        yield "decode_steps_ms", "there must be one list of steps for each sample of the decode stage"
        return
    for position, (steps, sample) in enumerate(zip(report.decode_steps_ms, decode.samples_ms, strict=True)):
        yield from compare_figures(f"decode_steps_ms[{position}]", sum(steps), sample)


def _difference(after: float | None, before: float | None) -> float | None:
    return None if after is None or before is None else after - before
