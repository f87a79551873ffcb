"""The timed repetitions: every stage with its own time and its own clock, and nothing else in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..checkpoint.prompting import encode
from ..machine.clock.clock import ClockReading
from .generation import Generation
from .loading import Loaded
from .schedule import Schedule
from .stages import StageMeasurement, time_in_loop
from .workbench import Workbench


@dataclass
class Repetitions:
    """The measured stages in order, and what each repetition generated."""

    stages: list[StageMeasurement]
    generations: list[Generation] = field(default_factory=list)


def repeat(bench: Workbench, loaded: Loaded, schedule: Schedule) -> Repetitions:
    """Run and time the inference stages as often as scheduled."""
    prompt_tokens, forwards = len(loaded.prompt.ids), schedule.decode_tokens + 1
    tokenization = StageMeasurement("tokenization", tokens=prompt_tokens)
    prefill = StageMeasurement("prefill", tokens=prompt_tokens)
    decode = StageMeasurement("decode", tokens=schedule.decode_tokens)
    detokenization = StageMeasurement("detokenization", tokens=forwards)
    done = Repetitions([tokenization, prefill, decode, detokenization])
    for _ in range(schedule.repetitions):
        _time_text_stage(tokenization, bench, lambda: encode(loaded.tokenizer, *loaded.prompt.to_encode))
        generation, prefill_clock, decode_clock = _generate(bench, loaded, schedule.decode_tokens)
        prefill.samples_ms.append(generation.prefill_ms)
        prefill.clocks.append(prefill_clock)
        decode.samples_ms.append(generation.decode_ms)
        decode.steps_ms.append(generation.decode_steps_ms)
        decode.clocks.append(decode_clock)
        ids = generation.token_ids
        _time_text_stage(detokenization, bench, lambda ids=ids: loaded.tokenizer.decode(ids))  # type: ignore[misc]
        done.generations.append(generation)
    return done


def _generate(
    bench: Workbench, loaded: Loaded, decode_tokens: int
) -> tuple[Generation, ClockReading, ClockReading]:
    """One generation, with the clock read around prefill and around the decode loop."""
    meters = [bench.clock.start()]

    def prefill_is_over() -> None:
        meters[0].stop()
        meters.append(bench.clock.start())

    generation = bench.generate(loaded, decode_tokens, after_prefill=prefill_is_over)
    meters[1].stop()
    return generation, meters[0].reading, meters[1].reading


def _time_text_stage(stage: StageMeasurement, bench: Workbench, action: Callable[[], object]) -> None:
    with bench.clock.around() as meter:
        stage.samples_ms.append(time_in_loop(action, bench.now))
    stage.clocks.append(meter.reading)
