"""Timing a stage: once where it can only happen once, in a loop where it takes microseconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import TypeVar

from bitnet_report import FreqNormalization, StageProfile, stage_profile

from ..machine.clock.clock import Clock, ClockReading
from ..machine.memory.resident import StageMemory, watch_memory

Result = TypeVar("Result")
Now = Callable[[], float]
"""Seconds, monotonic."""

SHORTEST_LOOP_S = 0.1
"""A stage of microseconds is repeated for at least this long, and the time divided."""


@dataclass
class StageMeasurement:
    """What was seen of one stage: a time (ms) for each repetition, and the memory around its watched run.

    `steps_ms` holds each repetition's single steps (decode), `clocks` one reading a sample.
    """

    name: str
    samples_ms: list[float] = field(default_factory=list)
    steps_ms: list[list[float]] = field(default_factory=list)
    memory: StageMemory | None = None
    clocks: list[ClockReading] = field(default_factory=list)
    tokens: int | None = None

    @property
    def clock_mhz(self) -> float | None:
        """The median of the clocks read around the stage's samples."""
        known = [reading.mhz for reading in self.clocks if reading.mhz is not None]
        return median(known) if known else None

    def to_profile(self, frequency: FreqNormalization) -> StageProfile:
        """Turn it into the report's form."""
        memory = self.memory
        return stage_profile(
            self.name,
            self.samples_ms,
            frequency,
            tokens=self.tokens,
            steps_ms=self.steps_ms,
            clock_mhz=self.clock_mhz,
            memory_before_mb=memory.before_mb if memory else None,
            memory_after_mb=memory.after_mb if memory else None,
            memory_peak_mb=memory.peak_mb if memory else None,
            memory_peak_source=memory.peak_source if memory else None,
            memory_kinds=memory.kinds if memory else None,
        )


def measure_once(
    name: str, action: Callable[[], Result], clock: Clock, now: Now
) -> tuple[Result, StageMeasurement]:
    """Run a stage that happens once a process (loading): one sample, its memory and its clock."""
    with clock.around() as meter, watch_memory() as memory:
        start = now()
        result = action()
        taken_ms = (now() - start) * 1000
    return result, StageMeasurement(name, [taken_ms], memory=memory, clocks=[meter.reading])


def time_in_loop(action: Callable[[], object], now: Now) -> float:
    """Repeat `action` for at least `SHORTEST_LOOP_S` and return the time of one run in ms."""
    calls = 0
    start = now()
    while True:
        action()
        calls += 1
        elapsed = now() - start
        if elapsed >= SHORTEST_LOOP_S:
            return elapsed / calls * 1000
