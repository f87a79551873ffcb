"""The processor's peak in matrix products, as far as torch reaches it: one type of number at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from statistics import median

_SIZES = (1024, 2048)
"""Larger ones come nearer the peak; the next size is tried only while a product stays under `_LONGEST_S`."""
_LONGEST_S = 0.05
_BUDGET_S = 0.15
_FEWEST_CALLS = 5
_BFLOAT16_ISA = frozenset({"avx512_bf16", "amx_bf16", "bf16", "svebf16"})
_INT8_ISA = frozenset({"avx_vnni", "avx512_vnni", "amx_int8", "asimddp", "i8mm", "svei8mm"})


@dataclass(frozen=True)
class Peak:
    """Each call in Gop/s (10^9 operations), the first one dropped, on square matrices of that size."""

    size: int
    samples_gops: list[float]

    @property
    def gops(self) -> float:
        """The median call."""
        return median(self.samples_gops)


def kinds_to_measure(isa: Collection[str], dtype: str) -> list[str]:
    """The run's own type, and bfloat16 and int8 where the processor has instructions for them.

    Where it has neither, float32 tells what its units can do.
    """
    found = [kind for kind, names in (("bfloat16", _BFLOAT16_ISA), ("int8", _INT8_ISA)) if names & {*isa}]
    return list(dict.fromkeys([dtype, *(found or ["float32"])]))


def measure_peak(kind: str, now: Callable[[], float] = time.perf_counter) -> Peak | None:
    """Multiply square matrices through `torch.mm` (int8: `torch._int_mm`); None where torch cannot.

    The right matrix lies transposed, as a linear layer's weight does: on processors without bfloat16 units
    torch multiplies that layout some 15 times faster than the other. Of the sizes that were tried, the one
    with the highest median is kept.
    """
    try:
        return max(_peaks(kind, now), key=lambda peak: peak.gops)
    except (RuntimeError, AttributeError, TypeError):  # torch has no such product for this processor
        return None


def _peaks(kind: str, now: Callable[[], float]) -> Iterator[Peak]:
    for size in _SIZES:
        peak = _measure(kind, size, now)
        yield peak
        if 2 * (2 * size) ** 3 / peak.gops / 1e9 > _LONGEST_S:
            return


def _measure(kind: str, size: int, now: Callable[[], float]) -> Peak:
    import torch

    dtype = getattr(torch, kind)
    if kind == "int8":
        left, right = (torch.randint(-127, 128, (size, size), dtype=dtype) for _ in range(2))
        out = torch.empty(size, size, dtype=torch.int32)
        multiply = torch._int_mm
    else:
        left, right = (torch.randn(size, size).to(dtype) for _ in range(2))
        out = torch.empty(size, size, dtype=dtype)
        multiply = torch.mm
    samples: list[float] = []
    with torch.inference_mode():
        began = now()
        while len(samples) <= _FEWEST_CALLS or now() - began < _BUDGET_S:
            start = now()
            multiply(left, right.t(), out=out)
            samples.append(2 * size**3 / max(now() - start, 1e-9) / 1e9)
    return Peak(size, samples[1:])
