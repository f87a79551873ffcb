"""One run, from the plan to the report: `profile` reads like the brief."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timezone

from bitnet_report import (
    Meta,
    Report,
    StageOperators,
    StageProfile,
    Workload,
    __version__,
    forward_times_ms,
    frequency_normalization,
    hash_token_ids,
    new_run_id,
    summarize,
)
from bitnet_report.bounds import roofline

from .display import Display
from .machine.allocator import malloc_in_effect
from .machine.processor.affinity import describe_threads
from .machine.surroundings.environment import describe_cpu, describe_environment
from .measurement.allocating import describe_allocation
from .measurement.caveats import judge
from .measurement.clocks import clock_of_run
from .measurement.loading import Loaded
from .measurement.measuring import Measured, measure
from .measurement.traffic.stages import count_modules, count_stages
from .measurement.workbench import Workbench, set_up
from .operators.splitting import split_stages
from .operators.trace import chrome_trace
from .plan import SUITE_VERSION, Plan
from .preparing import Placement, Prepared, place_threads, prepare


def profile(
    plan: Plan,
    display: Display,
    now: Callable[[], float] = time.perf_counter,
    *,
    prepared: Prepared | None = None,
    placed: Placement | None = None,
    keep_trace: Callable[[bytes], None] | None = None,
) -> Report:
    """Profile the plan's model on this machine's CPU.

    `prepared` and `placed` are what `prepare` and `place_threads` gave to a caller that had them look before
    importing torch with this module.
    `now` gives seconds, monotonic; everything that is timed is timed by it. `keep_trace` is given the Chrome
    trace of the forwards that were taken apart.

    Raises:
        AgentError: anything that the member can mend, with its remedy.
    """
    run_id, started = new_run_id(), datetime.now(timezone.utc)
    prepared = prepared or prepare(plan, display)
    load_before = prepared.load_before
    began = now()
    bench = set_up(plan, display, now, prepared, placed or place_threads(plan))
    loaded = bench.load()
    measured = measure(
        bench, loaded, began, load_before[0] if load_before else None, keep_spans=keep_trace is not None
    )

    clock = clock_of_run(measured.repetitions)
    frequency = frequency_normalization(clock.mhz, plan.reference_mhz, clock.source)
    stages = [stage.to_profile(frequency) for stage in (*loaded.stages, *measured.repetitions.stages)]
    report = Report(
        run_id=run_id,
        member=plan.member,
        meta=Meta(
            model_name=bench.checkpoint.name,
            model_revision=bench.checkpoint.revision,
            weights=bench.checkpoint.weights,
            timestamp=started.isoformat(timespec="milliseconds"),
            reference_freq_mhz=plan.reference_mhz,
            agent_version=__version__,
            note=plan.note,
            effort=plan.effort,
            budget_s=plan.budget_s,
        ),
        workload=describe_work(bench, loaded, measured),
        cpu_info=describe_cpu(clock, bench.tsc_mhz),
        environment=describe_environment(
            bench.compiler,
            bench.threads.threads,
            load_before,
            pinning=describe_threads(bench.threads, bench.placed.pinning),
            affinity=bench.placed.allowed,
            include_host=plan.include_host,
        ),
        freq_normalization=frequency,
        stage_profiles=stages,
        decode_steps_ms=[generation.decode_steps_ms for generation in measured.repetitions.generations],
        warmup=measured.warmup,
        interference=measured.interference,
        operators=_split(loaded, measured, stages),
        roofline=roofline(
            measured.limits,
            count_stages(
                loaded.model,
                len(loaded.prompt.ids),
                measured.schedule.decode_tokens,
                plan.context_depth,
            ),
            stages,
            frequency,
        ),
        allocation=describe_allocation(
            measured.observation,
            len(loaded.prompt.ids),
            measured.schedule.decode_tokens,
            measured.temporaries,
        ),
        summary=summarize(stages),
    )
    if keep_trace is not None and measured.look is not None:
        keep_trace(chrome_trace(measured.look.recorder, {"run_id": run_id, "engine": report.workload.engine}))
    return report.model_copy(update={"quality": judge(report, plan, bench.threads, measured)})


def _split(loaded: Loaded, measured: Measured, stages: list[StageProfile]) -> list[StageOperators]:
    """The forwards that were taken apart, held against those that were timed."""
    if measured.look is None:
        return []
    return split_stages(
        measured.look,
        forward_times_ms(stages),
        measured.observation.token_ids,
        lambda tokens: count_modules(loaded.model, tokens),
    )


def describe_work(bench: Workbench, loaded: Loaded, measured: Measured) -> Workload:
    """State what was run, with hashes of the ids that went in and came out as proof."""
    return Workload(
        model_sha256=bench.checkpoint.sha256(),
        prompt_sha256=hash_token_ids(loaded.prompt.ids),
        prompt_tokens=len(loaded.prompt.ids),
        decode_tokens=measured.schedule.decode_tokens,
        context_depth=bench.plan.context_depth,
        dtype=bench.plan.dtype,
        engine=bench.plan.engine,
        malloc=malloc_in_effect(),
        threads=bench.threads.threads,
        repetitions=measured.schedule.repetitions,
        suite_version=SUITE_VERSION,
        generated_sha256=hash_token_ids(measured.observation.token_ids),
    )
