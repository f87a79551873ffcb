"""The inference stages: warm up, look once, then time each stage with its own clock."""

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
from .stages import StageMeasurement, time_in_loop
from .steady import warm_up


@dataclass
class Measured:
    """Everything that was seen of the inference stages; `generations` holds the measured repetitions only."""

    stages: list[StageMeasurement]
    generations: list[Generation]
    warmup: Warmup
    observation: Observation
    clock: ClockReading


def measure(loaded: Loaded, plan: Plan, clock: Clock, display: Display, now: Callable[[], float]) -> Measured:
    """Measure tokenization, prefill, decode and detokenization, `plan.repetitions` times."""
    tokenizer, prompt = loaded.tokenizer, loaded.prompt
    forwards = plan.decode_tokens + 1

    def step_done() -> None:
        display.advance(1)

    def run_once() -> Generation:
        return generate(loaded.model, prompt.ids, plan.decode_tokens, now=now, between_steps=step_done)

    display.begin("warmup", None)
    warmup = warm_up(run_once, CompileWatch())
    display.begin("observe", forwards)
    observation = observe(loaded.model, tokenizer, prompt, plan.decode_tokens, step_done)

    tokenization = StageMeasurement("tokenization", tokens=len(prompt.ids))
    prefill = StageMeasurement("prefill", tokens=len(prompt.ids))
    decode = StageMeasurement("decode", tokens=plan.decode_tokens)
    detokenization = StageMeasurement("detokenization", tokens=forwards)
    generations: list[Generation] = []
    readings = [clock.read()]
    display.begin("measure", forwards * plan.repetitions)
    for _ in range(plan.repetitions):
        tokenization.samples_ms.append(
            time_in_loop(lambda: encode(tokenizer, prompt.text, prompt.limit), now)
        )
        generation = run_once()
        prefill.samples_ms.append(generation.prefill_ms)
        decode.samples_ms.append(generation.decode_ms)
        decode.steps_ms.append(generation.decode_steps_ms)
        detokenization.samples_ms.append(
            time_in_loop(lambda ids=generation.token_ids: tokenizer.decode(ids), now)  # type: ignore[misc]
        )
        generations.append(generation)
        readings.append(clock.read())

    stages = [tokenization, prefill, decode, detokenization]
    for stage in stages:
        stage.memory = observation.memory[stage.name]
    return Measured(stages, generations, warmup, observation, _middle(readings))


def _middle(readings: list[ClockReading]) -> ClockReading:
    """The median of the clocks read around the repetitions; one run has one source."""
    known = [reading.mhz for reading in readings if reading.mhz is not None]
    return ClockReading(median(known) if known else None, readings[0].source)
