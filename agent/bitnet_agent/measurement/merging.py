"""Several processes' reports made into one: their samples stand side by side, grouped by process.

What a process draws once (address layout, page placement, the order of first touch) is alike in all of its
repetitions, so an interval from one process is too narrow; grouped samples let the bootstrap draw processes
first.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from bitnet_report import (
    Caveat,
    FreqNormalization,
    Quality,
    Report,
    Roofline,
    StageProfile,
    Warmup,
    forward_times_ms,
    frequency_normalization,
    make_caveat,
    stage_profile,
    summarize,
    with_timed_ms,
    workload_id,
)
from bitnet_report.bounds import roofline
from bitnet_report.grading import grade
from bitnet_report.interference import combine_interferences
from bitnet_report.interference_caveats import interference_caveats
from bitnet_report.operator_caveats import operator_caveats
from bitnet_report.roofline_caveats import roofline_caveats
from bitnet_report.statistics_caveats import statistics_caveats


def merge(reports: Sequence[Report]) -> Report:
    """Merge the reports of fresh processes that ran the same plan, in the order of time.

    Run id, member, processor, environment and operators are the first one's; memory peaks are the largest,
    clocks the median. What samples and watch say is judged anew over all of them; every other caveat is kept
    once.

    Raises:
        ValueError: the reports are not of the same work.
    """
    if len({workload_id(report) for report in reports}) != 1:
        raise ValueError("the processes did not do the same work")
    first = reports[0]
    clocks = [r.freq_normalization.actual_freq_mhz for r in reports]
    known = [clock for clock in clocks if clock is not None]
    frequency = frequency_normalization(
        median(known) if known else None,
        first.freq_normalization.reference_freq_mhz,
        first.freq_normalization.source,
    )
    stages = [
        _merge_stage([report.stage_profiles[position] for report in reports], frequency, reports)
        for position in range(len(first.stage_profiles))
    ]
    repetitions = sum(report.workload.repetitions or 0 for report in reports)
    merged = first.model_copy(
        update={
            "workload": first.workload.model_copy(update={"repetitions": repetitions}),
            "cpu_info": first.cpu_info.model_copy(update={"clock_mhz": frequency.actual_freq_mhz}),
            "freq_normalization": frequency,
            "stage_profiles": stages,
            "decode_steps_ms": [steps for report in reports for steps in report.decode_steps_ms],
            "warmup": _merge_warmups([report.warmup for report in reports]),
            "interference": combine_interferences(
                [report.interference for report in reports if report.interference is not None]
            ),
            "operators": [
                with_timed_ms(split, timed)
                for split in first.operators
                if (timed := forward_times_ms(stages).get(split.stage)) is not None
            ],
            "roofline": _merge_rooflines(reports, stages, frequency),
            "summary": summarize(stages),
        }
    )
    return merged.model_copy(update={"quality": _judge(merged, reports)})


def _merge_stage(
    parts: Sequence[StageProfile], frequency: FreqNormalization, reports: Sequence[Report]
) -> StageProfile:
    first = parts[0]
    clocks = [part.clock_mhz for part in parts if part.clock_mhz is not None]
    peaks = [part.memory_peak_mb for part in parts if part.memory_peak_mb is not None]
    steps = [[step for steps in report.decode_steps_ms for step in steps] for report in reports]
    return stage_profile(
        first.name,
        [sample for part in parts for sample in part.samples_ms],
        frequency,
        tokens=first.tokens,
        groups=[len(part.samples_ms) for part in parts],
        steps_ms=steps if first.name == "decode" else None,
        clock_mhz=median(clocks) if clocks else None,
        memory_before_mb=first.memory_before_mb,
        memory_after_mb=first.memory_after_mb,
        memory_peak_mb=max(peaks, default=None),
        memory_peak_source=first.memory_peak_source,
        memory_kinds=first.memory_kinds,
    )


def _merge_warmups(warmups: Sequence[Warmup]) -> Warmup:
    """The first process's warm-up, with every process's first call; steady only if all were."""
    return warmups[0].model_copy(
        update={
            "steady": all(warmup.steady for warmup in warmups),
            "first_calls_ms": [w.first_call_ms for w in warmups if w.first_call_ms is not None],
        }
    )


def _merge_rooflines(
    reports: Sequence[Report], stages: Sequence[StageProfile], frequency: FreqNormalization
) -> Roofline | None:
    """Every process's limits, in the order of time; what a stage moves is the same in each."""
    seen = [report.roofline for report in reports if report.roofline is not None]
    if not seen:
        return None
    return roofline([limits for part in seen for limits in part.limits], seen[0].stages, stages, frequency)


def _judge(merged: Report, reports: Sequence[Report]) -> Quality:
    judged_anew = {caveat.code for report in reports for caveat in _from_figures(report)}
    kept = {c.code: c for report in reports for c in report.quality.caveats if c.code not in judged_anew}
    if len({report.workload.generated_sha256 for report in reports}) > 1:
        kept["generated-differs"] = make_caveat("generated-differs")
    caveats = [*kept.values(), *_from_figures(merged)]
    return Quality(grade=grade(caveats), caveats=caveats)


def _from_figures(report: Report) -> list[Caveat]:
    return [
        *statistics_caveats(report),
        *operator_caveats(report),
        *interference_caveats(report.interference, report.workload.threads),
        *roofline_caveats(report),
    ]
