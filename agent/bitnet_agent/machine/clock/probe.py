"""The native probe: a few lines of C, compiled on demand with the compiler that the model needs anyway."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass

from ..compiler import Compiler
from ..native_code import load_native

_TIME_STAMP_SPAN_NS = 5_000_000

Chain = Callable[[int], float]
"""Runs that many rounds of 64 dependent operations and returns the nanoseconds that they took."""


@dataclass(frozen=True)
class Probe:
    """The compiled functions: a chain of additions (one cycle each), one of multiplications (three)."""

    chain: Chain
    multiply_chain: Chain
    time_stamp_hz: Callable[[int], int]

    def tsc_mhz(self) -> float | None:
        """The measured rate of the time stamp counter; takes 5 ms."""
        return self.time_stamp_hz(_TIME_STAMP_SPAN_NS) / 1e6 or None


def build_probe(compiler: Compiler | None) -> Probe | None:
    """Compile the probe, or find it compiled; None where no compiler can (MSVC has no inline assembly)."""
    loaded = load_native(compiler, __package__ or "", "cpu_probe.c")
    if loaded is None:
        return None
    adding, multiplying, stamping = (
        loaded.dependent_chain_ns,
        loaded.multiply_chain_ns,
        loaded.time_stamp_hz,
    )
    for function in (adding, multiplying, stamping):
        function.restype = ctypes.c_uint64
        function.argtypes = [ctypes.c_uint64]
    return Probe(
        chain=lambda rounds: float(adding(rounds)),
        multiply_chain=lambda rounds: float(multiplying(rounds)),
        time_stamp_hz=lambda span_ns: int(stamping(span_ns)),
    )


def build_chain(compiler: Compiler | None) -> Chain | None:
    """Only the chain of additions of `build_probe`."""
    probe = build_probe(compiler)
    return None if probe is None else probe.chain
