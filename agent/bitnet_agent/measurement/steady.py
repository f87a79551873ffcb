"""Warm-up: run and discard repetitions until two in a row agree.

The first forward compiles, and the first decode sets off a second compilation for other shapes, which the
next prefill then meets: one warm-up is never enough.
"""

from __future__ import annotations

from collections.abc import Callable

from bitnet_report import Warmup, WarmupStep

from .generation import Generation

AGREEMENT = 0.03
"""Two repetitions agree when both their prefill and their decode differ by no more than this share."""
MINIMUM = 2
MAXIMUM = 8


def warm_up(run: Callable[[], Generation]) -> Warmup:
    """Repeat `run` until two in a row agree, at least `MINIMUM` and at most `MAXIMUM` times."""
    steps: list[WarmupStep] = []
    steady = False
    while len(steps) < MAXIMUM and not (steady and len(steps) >= MINIMUM):
        generation = run()
        steps.append(WarmupStep(prefill_ms=generation.prefill_ms, decode_ms=generation.decode_ms))
        steady = len(steps) >= 2 and _agree(steps[-2], steps[-1])
    return Warmup(first_call_ms=steps[0].prefill_ms, steps=steps, steady=steady)


def _agree(a: WarmupStep, b: WarmupStep) -> bool:
    return _close(a.prefill_ms, b.prefill_ms) and _close(a.decode_ms, b.decode_ms)


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= AGREEMENT * max(a, b)
