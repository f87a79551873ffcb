"""Warm-up: run and discard repetitions until two in a row agree and no compiler ran in the later one.

The first forward compiles, and the first decode sets off a second compilation for other shapes, which the
next prefill may then meet: one warm-up is never enough.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from bitnet_report import Warmup, WarmupStep

from .compiling import CompileWatch
from .generation import Generation

AGREEMENT = 0.03
"""Two repetitions agree when prefill and the median decode step both differ by no more than this share."""
MINIMUM = 2
MAXIMUM = 8


def warm_up(
    run: Callable[[], Generation],
    compiles: CompileWatch,
    *,
    maximum: int = MAXIMUM,
    out_of_time: Callable[[], bool] = lambda: False,
) -> Warmup:
    """Repeat `run` until it is steady: at least `MINIMUM` times, at most `maximum` or until `out_of_time`."""
    steps: list[WarmupStep] = []
    last: Generation | None = None
    steady = False
    while len(steps) < maximum and not steady:
        if len(steps) >= MINIMUM and out_of_time():
            break
        generation = run()
        compilations = compiles.look(len(steps))
        steps.append(
            WarmupStep(
                prefill_ms=generation.prefill_ms, decode_ms=generation.decode_ms, compilations=compilations
            )
        )
        steady = last is not None and compilations == 0 and _agree(last, generation)
        last = generation
    return Warmup(first_call_ms=steps[0].prefill_ms, steps=steps, steady=steady, compile=compiles.ledger())


def _agree(a: Generation, b: Generation) -> bool:
    return _close(a.prefill_ms, b.prefill_ms) and _close(median(a.decode_steps_ms), median(b.decode_steps_ms))


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= AGREEMENT * max(a, b)
