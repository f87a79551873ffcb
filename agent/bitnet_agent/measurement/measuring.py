"""The inference stages: settle how much to run, warm up, look once, then time each stage by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from bitnet_report import Warmup

from ..checkpoint.prompting import encode
from ..machine.clock import Clock, ClockReading
from ..plan import Plan
from ..screen.display import Display
from .compiling import CompileWatch
from .generation import Generation, generate
from .loading import Loaded
from .observing import Observation, observe
from .schedule import Costs, Schedule, schedule_for_budget, schedule_without_budget
from .stages import StageMeasurement, time_in_loop
from .steady import MAXIMUM, warm_up

_PILOT_TOKENS = 2


@dataclass
class Measured:
    """Everything that was seen of the inference stages; `generations` holds the measured repetitions only."""

    stages: list[StageMeasurement]
    generations: list[Generation]
    schedule: Schedule
    warmup: Warmup
    observation: Observation
    clock: ClockReading
    compiled_while_measuring: int


@dataclass
class Bench:
    """What every pass needs: the model in memory, the plan, and the ways to tell time and progress."""

    loaded: Loaded
    plan: Plan
    clock: Clock
    display: Display
    now: Callable[[], float]

    def generate(self, decode_tokens: int) -> Generation:
        """One repetition; progress is told between its timed spans."""
        return generate(
            self.loaded.model,
            self.loaded.prompt.ids,
            decode_tokens,
            now=self.now,
            between_steps=lambda: self.display.advance(1),
        )


def measure(bench: Bench, started: float) -> Measured:
    """Measure tokenization, prefill, decode and detokenization; `started` is when the run began (`now`)."""
    compiles = CompileWatch()
    bench.display.begin("warmup", None)
    cold_ms = None
    if bench.plan.budget_s is None:
        schedule = schedule_without_budget(bench.plan, MAXIMUM)
    else:
        cold_ms, schedule = _pilot(bench, started)
    warmup = _warm_up(bench, schedule, compiles, cold_ms)

    bench.display.begin("observe", schedule.decode_tokens + 1)
    observation = observe(bench.loaded, schedule.decode_tokens, lambda: bench.display.advance(1))

    stages, generations, readings = _repeat(bench, schedule)
    for stage in stages:
        stage.memory = observation.memory[stage.name]
    compiled = compiles.look(len(warmup.steps))
    return Measured(stages, generations, schedule, warmup, observation, _middle(readings), compiled)


def _pilot(bench: Bench, started: float) -> tuple[float, Schedule]:
    """Run twice very briefly, the first time cold, to learn what the budget allows."""
    cold_ms = bench.generate(_PILOT_TOKENS).prefill_ms
    pilot = bench.generate(_PILOT_TOKENS)
    costs = Costs(
        prefill_s=pilot.prefill_ms / 1000,
        step_s=median(pilot.decode_steps_ms) / 1000,
        spent_s=bench.now() - started,
    )
    return cold_ms, schedule_for_budget(bench.plan, costs, MAXIMUM)


def _warm_up(bench: Bench, schedule: Schedule, compiles: CompileWatch, cold_ms: float | None) -> Warmup:
    began = bench.now()
    limit_s = schedule.warmup_limit_s
    warmup = warm_up(
        lambda: bench.generate(schedule.decode_tokens),
        compiles,
        maximum=schedule.warmup_maximum,
        out_of_time=lambda: limit_s is not None and bench.now() - began > limit_s,
    )
    return warmup if cold_ms is None else warmup.model_copy(update={"first_call_ms": cold_ms})


def _repeat(
    bench: Bench, schedule: Schedule
) -> tuple[list[StageMeasurement], list[Generation], list[ClockReading]]:
    tokenizer, prompt, now = bench.loaded.tokenizer, bench.loaded.prompt, bench.now
    forwards = schedule.decode_tokens + 1
    tokenization = StageMeasurement("tokenization", tokens=len(prompt.ids))
    prefill = StageMeasurement("prefill", tokens=len(prompt.ids))
    decode = StageMeasurement("decode", tokens=schedule.decode_tokens)
    detokenization = StageMeasurement("detokenization", tokens=forwards)
    generations: list[Generation] = []
    readings = [bench.clock.read()]
    bench.display.begin("measure", forwards * schedule.repetitions)
    for _ in range(schedule.repetitions):
        tokenization.samples_ms.append(
            time_in_loop(lambda: encode(tokenizer, prompt.text, prompt.limit), now)
        )
        generation = bench.generate(schedule.decode_tokens)
        prefill.samples_ms.append(generation.prefill_ms)
        decode.samples_ms.append(generation.decode_ms)
        decode.steps_ms.append(generation.decode_steps_ms)
        detokenization.samples_ms.append(
            time_in_loop(lambda ids=generation.token_ids: tokenizer.decode(ids), now)  # type: ignore[misc]
        )
        generations.append(generation)
        readings.append(bench.clock.read())
    return [tokenization, prefill, decode, detokenization], generations, readings


def _middle(readings: list[ClockReading]) -> ClockReading:
    """The median of the clocks read around the repetitions; one run has one source."""
    known = [reading.mhz for reading in readings if reading.mhz is not None]
    return ClockReading(median(known) if known else None, readings[0].source)
