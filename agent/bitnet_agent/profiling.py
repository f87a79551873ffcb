"""One run, from the plan to the report: `profile` reads like the brief."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timezone

from bitnet_report import (
    Meta,
    Report,
    Workload,
    __version__,
    frequency_normalization,
    hash_token_ids,
    new_run_id,
    summarize,
)

from .checkpoint.finding import Checkpoint, find_checkpoint
from .checkpoint.model import import_libraries, set_threads
from .checkpoint.preflight import check_memory
from .machine.clock import Clock, build_chain
from .machine.compiler import find_compiler
from .machine.environment import describe_cpu, describe_environment, load_average
from .machine.limits import usable_cores
from .machine.processor import base_frequency
from .measurement.caveats import judge
from .measurement.loading import Loaded, load
from .measurement.measuring import Bench, Measured, measure
from .plan import SUITE_VERSION, Plan
from .screen.display import Display, report_bytes


def profile(plan: Plan, display: Display, now: Callable[[], float] = time.perf_counter) -> Report:
    """Profile the plan's model on this machine's CPU.

    `now` gives seconds, monotonic; everything that is timed is timed by it.

    Raises:
        AgentError: anything that the member can mend, with its remedy.
    """
    run_id, started, load_before = new_run_id(), datetime.now(timezone.utc), load_average()
    compiler = find_compiler()
    checkpoint = prepare(plan, display)
    threads = plan.threads or usable_cores()
    clock = Clock(
        stated_mhz=plan.clock_mhz,
        advertised_mhz=base_frequency().mhz,
        chain=build_chain(compiler),
        threads=threads,
    )
    import_libraries()
    set_threads(threads)

    began = now()
    loaded = load(checkpoint, plan, display, now)
    measured = measure(Bench(loaded, plan, clock, display, now), began)

    frequency = frequency_normalization(measured.clock.mhz, plan.reference_mhz, measured.clock.source)
    stages = [stage.to_profile(frequency) for stage in (*loaded.stages, *measured.stages)]
    report = Report(
        run_id=run_id,
        member=plan.member,
        meta=Meta(
            model_name=checkpoint.name,
            model_revision=checkpoint.revision,
            weights=checkpoint.weights,
            timestamp=started.isoformat(timespec="milliseconds"),
            reference_freq_mhz=plan.reference_mhz,
            agent_version=__version__,
            note=plan.note,
        ),
        workload=describe_work(plan, checkpoint, loaded, measured, threads),
        cpu_info=describe_cpu(measured.clock),
        environment=describe_environment(compiler, threads, load_before),
        freq_normalization=frequency,
        stage_profiles=stages,
        decode_steps_ms=[generation.decode_steps_ms for generation in measured.generations],
        warmup=measured.warmup,
        summary=summarize(stages),
    )
    generated = [generation.token_ids for generation in measured.generations]
    return report.model_copy(update={"quality": judge(report, measured.observation, generated)})


def prepare(plan: Plan, display: Display) -> Checkpoint:
    """Have the checkpoint on this disk, and know that it fits into memory, before anything is timed."""
    display.begin("prepare", None)
    progress = report_bytes(display, "prepare")
    checkpoint = find_checkpoint(plan.model, plan.revision, progress=progress)
    check_memory(checkpoint, plan)
    return checkpoint


def describe_work(
    plan: Plan, checkpoint: Checkpoint, loaded: Loaded, measured: Measured, threads: int
) -> Workload:
    """State what was run, with hashes of the ids that went in and came out as proof."""
    return Workload(
        model_sha256=checkpoint.sha256(),
        prompt_sha256=hash_token_ids(loaded.prompt.ids),
        prompt_tokens=len(loaded.prompt.ids),
        decode_tokens=measured.schedule.decode_tokens,
        dtype=plan.dtype,
        engine="published",
        threads=threads,
        repetitions=measured.schedule.repetitions,
        suite_version=SUITE_VERSION,
        generated_sha256=hash_token_ids(measured.observation.token_ids),
    )
