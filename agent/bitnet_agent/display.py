"""What a run tells while it goes on; the record knows nothing of how it is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Display(Protocol):
    """Hears of a run's phases.

    They are `prepare`, `load_model`, `warmup`, `observe`, `limits`, `measure`, `limits` again, `operators`.
    """

    def begin(self, phase: str, total: float | None) -> None:
        """A phase begins; `total` is bytes or tokens, None where it is not known beforehand."""

    def advance(self, amount: float) -> None:
        """That much more of the phase is done; never called inside a timed span of prefill or decode."""


class SilentDisplay:
    """Shows nothing (`--quiet`)."""

    def begin(self, phase: str, total: float | None) -> None:
        """Show nothing."""

    def advance(self, amount: float) -> None:
        """Show nothing."""


def report_bytes(display: Display, phase: str) -> Callable[[int, int], None]:
    """Make a callback that tells `display` of bytes done out of bytes in all."""
    told = 0

    def progress(done: int, total: int) -> None:
        nonlocal told
        if told == 0:
            display.begin(phase, total)
        display.advance(done - told)
        told = done

    return progress
