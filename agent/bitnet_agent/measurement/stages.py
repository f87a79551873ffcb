"""Timing a stage: once where it can only happen once, in a loop where it takes microseconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bitnet_report import FreqNormalization, StageProfile, stage_profile

from ..machine.memory import StageMemory, watch_memory

Result = TypeVar("Result")
Clock = Callable[[], float]

SHORTEST_LOOP_S = 0.1
"""A stage of microseconds is repeated for at least this long, and the time divided."""


@dataclass
class StageMeasurement:
    """What was seen of one stage: a time (ms) for each repetition, and the memory around its watched run.

    `steps_ms` holds each repetition's single steps where there are any (decode).
    """

    name: str
    samples_ms: list[float] = field(default_factory=list)
    steps_ms: list[list[float]] = field(default_factory=list)
    memory: StageMemory | None = None
    tokens: int | None = None

    def to_profile(self, frequency: FreqNormalization) -> StageProfile:
        """Turn it into the report's form."""
        memory = self.memory
        return stage_profile(
            self.name,
            self.samples_ms,
            frequency,
            tokens=self.tokens,
            steps_ms=self.steps_ms,
            memory_before_mb=memory.before_mb if memory else None,
            memory_after_mb=memory.after_mb if memory else None,
            memory_peak_mb=memory.peak_mb if memory else None,
            memory_peak_source=memory.peak_source if memory else None,
        )


def measure_once(name: str, action: Callable[[], Result], now: Clock) -> tuple[Result, StageMeasurement]:
    """Run a stage that happens once a process (loading): one sample, and its memory."""
    with watch_memory() as memory:
        start = now()
        result = action()
        taken_ms = (now() - start) * 1000
    return result, StageMeasurement(name, [taken_ms], memory=memory)


def time_in_loop(action: Callable[[], object], now: Clock) -> float:
    """Repeat `action` for at least `SHORTEST_LOOP_S` and return the time of one run in ms."""
    calls = 0
    start = now()
    while True:
        action()
        calls += 1
        elapsed = now() - start
        if elapsed >= SHORTEST_LOOP_S:
            return elapsed / calls * 1000
