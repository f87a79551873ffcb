"""Reasons to doubt a run, each with its remedy; and the grade that they make together."""

from __future__ import annotations

from collections.abc import Iterator

from bitnet_report import Caveat, Quality, Report, allocation_caveats, make_caveat
from bitnet_report.grading import grade
from bitnet_report.interference_caveats import interference_caveats
from bitnet_report.operator_caveats import operator_caveats
from bitnet_report.roofline_caveats import roofline_caveats
from bitnet_report.statistics_caveats import statistics_caveats

from ..machine.allocator import is_tunable
from ..machine.processor.affinity import ThreadPlan
from ..plan import Plan
from .clocks import clock_of_run, has_moved
from .measuring import Measured
from .steady import AGREEMENT


def judge(report: Report, plan: Plan, threads: ThreadPlan, measured: Measured) -> Quality:
    """Collect what speaks against the run and grade it."""
    caveats = [
        *_about_the_work(report, measured),
        *_about_the_effort(plan, measured),
        *_about_the_clock(report, measured),
        *statistics_caveats(report),
        *operator_caveats(report),
        *interference_caveats(report.interference, report.workload.threads),
        *roofline_caveats(report),
        *(allocation_caveats(report) if is_tunable() else ()),
    ]
    if threads.oversubscribed:
        caveats.append(make_caveat("oversubscribed", threads=threads.threads))
    if any(stage.memory_peak_source == "sampled" for stage in report.stage_profiles):
        caveats.append(make_caveat("memory-sampled"))
    if report.meta.weights == "stand-in":
        caveats.append(make_caveat("stand-in"))
    return Quality(grade=grade(caveats), caveats=caveats)


def _about_the_work(report: Report, measured: Measured) -> Iterator[Caveat]:
    seen = measured.observation
    if seen.not_finite_steps:
        yield make_caveat("logits-not-finite", bad=len(seen.not_finite_steps), forwards=len(seen.token_ids))
    if any(generation.token_ids != seen.token_ids for generation in measured.repetitions.generations):
        yield make_caveat("generated-differs")
    if measured.compiled_while_measuring:
        yield make_caveat("compiled-while-measuring", count=measured.compiled_while_measuring)
    if report.warmup.steady is False:
        yield make_caveat("not-steady", repetitions=len(report.warmup.steps), percent=round(AGREEMENT * 100))


def _about_the_effort(plan: Plan, measured: Measured) -> Iterator[Caveat]:
    if plan.effort == "quick":
        yield make_caveat("quick")
    schedule = measured.schedule
    if schedule.decode_tokens != plan.decode_tokens:
        yield make_caveat("cut-by-budget", done=schedule.decode_tokens, wanted=plan.decode_tokens)
    if plan.budget_s is not None and schedule.repetitions < plan.repetitions and plan.effort != "quick":
        yield make_caveat("shortened-by-budget", done=schedule.repetitions, wanted=plan.repetitions)


def _about_the_clock(report: Report, measured: Measured) -> Iterator[Caveat]:
    cpu, clock = report.cpu_info, clock_of_run(measured.repetitions)
    if cpu.clock_source in (None, "advertised"):
        if cpu.reported_is_tsc and cpu.clock_mhz is not None:
            yield make_caveat("clock-is-tsc", mhz=cpu.clock_mhz)
        else:
            yield make_caveat("clock-not-measured")
    if has_moved(clock):
        yield make_caveat("clock-moved", low=clock.low_mhz or 0.0, high=clock.high_mhz or 0.0)
