"""The clock of the whole run, from the readings around its stages."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from ..machine.clock.clock import ClockReading
from .repeating import Repetitions

MOVED = 0.05
"""Share by which readings around prefill and decode may differ before the clock is said to have moved."""


def clock_of_run(repetitions: Repetitions) -> ClockReading:
    """The median of the clocks around prefill and decode, with the lowest and the highest seen."""
    readings = [reading for name in ("prefill", "decode") for reading in _readings(repetitions, name)]
    known = [reading.mhz for reading in readings if reading.mhz is not None]
    if not known:
        return ClockReading(None, readings[0].source if readings else None)
    return ClockReading(
        median(known),
        readings[0].source,
        low_mhz=min(reading.low_mhz or reading.mhz or 0.0 for reading in readings),
        high_mhz=max(reading.high_mhz or reading.mhz or 0.0 for reading in readings),
    )


def has_moved(clock: ClockReading) -> bool:
    """Tell whether the lowest and the highest reading lie further apart than `MOVED` of the median."""
    if clock.mhz is None or clock.low_mhz is None or clock.high_mhz is None:
        return False
    return clock.high_mhz - clock.low_mhz > MOVED * clock.mhz


def _readings(repetitions: Repetitions, name: str) -> Iterable[ClockReading]:
    return next(stage.clocks for stage in repetitions.stages if stage.name == name)
