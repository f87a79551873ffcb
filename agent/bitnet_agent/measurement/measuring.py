"""The inference stages: settle how much to run, warm up, look once, then time each stage by itself."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Literal

from bitnet_report import Limits, Warmup
from bitnet_report.interference import Interference

from ..machine.limits.measuring import LimitsMeter
from ..machine.memory.children import watch_children
from ..machine.memory.resident import watch_memory
from ..machine.watch.watch import watch_machine
from ..operators.splitting import Look
from .compiling import CompileWatch
from .loading import Loaded
from .looking import forwards_of_a_look, look_into
from .observing import Observation, observe
from .repeating import Repetitions, repeat
from .schedule import Costs, Schedule, schedule_for_budget, schedule_without_budget
from .steady import MAXIMUM, warm_up
from .temporaries import Temporaries, count_temporaries
from .traffic.stages import count_stages
from .workbench import Workbench

_PILOT_TOKENS = 2
_LIMITS_S = 2.0
"""What one reading of the machine's limits takes, undisturbed; two belong to a run, and so to its budget."""


@dataclass
class Measured:
    """Everything that was seen of the inference stages."""

    schedule: Schedule
    warmup: Warmup
    observation: Observation
    repetitions: Repetitions
    interference: Interference | None
    compiled_while_measuring: int
    look: Look | None
    limits: list[Limits]
    temporaries: dict[str, Temporaries] | None


def measure(
    bench: Workbench,
    loaded: Loaded,
    started: float,
    load_before: float | None,
    *,
    keep_spans: bool = False,
) -> Measured:
    """Measure tokenization, prefill, decode and detokenization.

    `started` is when the run began (by `bench.now`), `load_before` the load average (one minute) then;
    `keep_spans` has the look into the forwards keep what a trace is made of.
    """
    compiles = loaded.compiles
    bench.display.begin("warmup", None)
    cold_ms = loaded.context.fill(bench.now) if loaded.context.ids else None
    if bench.plan.budget_s is None:
        schedule = schedule_without_budget(bench.plan, MAXIMUM)
    else:
        pilot_ms, schedule = _pilot(bench, loaded, started)
        cold_ms = pilot_ms if cold_ms is None else cold_ms
    warmup = _warm_up(bench, loaded, schedule, compiles, cold_ms)

    bench.display.begin("observe", schedule.decode_tokens + 1)
    observation = observe(loaded, schedule.decode_tokens, lambda: bench.display.advance(1))

    meter = _limits_meter(bench, loaded, schedule)
    limits = _measure_limits(bench, meter, "before")
    bench.display.begin("measure", (schedule.decode_tokens + 1) * schedule.repetitions)
    with watch_machine(load_before=load_before) as watch:
        repetitions = repeat(bench, loaded, schedule)
    limits += _measure_limits(bench, meter, "after")
    for stage in repetitions.stages:
        stage.memory = observation.memory[stage.name]
    compiled = compiles.look(len(warmup.steps))
    look = _look(bench, loaded, schedule, keep_spans=keep_spans)
    # A budget is for what it asks: two more forwards under a profiler are not in it.
    temporaries = count_temporaries(loaded) if bench.plan.budget_s is None else None
    return Measured(
        schedule,
        warmup,
        observation,
        repetitions,
        watch.interference,
        compiled,
        look,
        limits,
        temporaries,
    )


def _look(bench: Workbench, loaded: Loaded, schedule: Schedule, *, keep_spans: bool) -> Look | None:
    """Take some forwards apart, after everything that is timed."""
    if schedule.look_tokens is None:
        return None
    bench.display.begin("operators", sum(forwards_of_a_look(schedule.look_tokens)))
    return look_into(
        loaded.model,
        loaded.prompt.ids,
        schedule.look_tokens,
        now=bench.now,
        keep_spans=keep_spans,
        after_forward=lambda: bench.display.advance(1),
        new_cache=loaded.context.new_cache,
    )


def _limits_meter(bench: Workbench, loaded: Loaded, schedule: Schedule) -> LimitsMeter | None:
    """Measure the peak of what the engine multiplies in, too, whatever the processor has instructions for."""
    if bench.limits is None:
        return None
    counted = count_stages(
        loaded.model, len(loaded.prompt.ids), schedule.decode_tokens, bench.plan.context_depth
    )
    return bench.limits.with_kinds([stage.arithmetic for stage in counted if stage.arithmetic])


def _measure_limits(
    bench: Workbench, meter: LimitsMeter | None, taken: Literal["before", "after"]
) -> list[Limits]:
    """What the machine can do at this moment: right before and right after the repetitions."""
    if meter is None:
        return []
    bench.display.begin("limits", None)
    return [meter.measure(taken)]


def _pilot(bench: Workbench, loaded: Loaded, started: float) -> tuple[float, Schedule]:
    """Run twice very briefly, the first time cold, to learn what the budget allows."""
    cold_ms = bench.generate(loaded, _PILOT_TOKENS).prefill_ms
    pilot = bench.generate(loaded, _PILOT_TOKENS)
    costs = Costs(
        prefill_s=pilot.prefill_ms / 1000,
        step_s=median(pilot.decode_steps_ms) / 1000,
        spent_s=bench.now() - started + (2 * _LIMITS_S if bench.limits else 0.0),
    )
    return cold_ms, schedule_for_budget(bench.plan, costs, MAXIMUM)


def _warm_up(
    bench: Workbench, loaded: Loaded, schedule: Schedule, compiles: CompileWatch, cold_ms: float | None
) -> Warmup:
    """Warm up; the memory of the compiler's processes is watched here, where no time is kept."""
    began = bench.now()
    limit_s = schedule.warmup_limit_s
    with watch_memory() as memory, watch_children() as children:
        warmup = warm_up(
            lambda: bench.generate(loaded, schedule.decode_tokens),
            compiles,
            maximum=schedule.warmup_maximum,
            out_of_time=lambda: limit_s is not None and bench.now() - began > limit_s,
        )
    return warmup.model_copy(
        update={
            "first_call_ms": warmup.first_call_ms if cold_ms is None else cold_ms,
            "memory_peak_mb": memory.peak_mb,
            "children_peak_mb": children.peak_mb,
        }
    )
