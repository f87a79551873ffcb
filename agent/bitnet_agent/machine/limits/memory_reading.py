"""How fast the run's threads read memory: the median pass over an array that no cache can hold."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from ..compiler import Compiler
from ..native_code import load_native

CACHES = 4
"""The array is this many times the last-level cache, as STREAM asks for."""
SMALLEST_BYTES = 256 * 2**20
LARGEST_BYTES = 4 * 2**30
MEMORY_SHARE = 0.25
"""Of the memory that is free, at most so much is taken."""
_BUDGET_S = 0.3
_MOST_PASSES = 200
_FEWEST_PASSES = 4

ReadPasses = Callable[[int, bool], list[float] | None]
"""Given bytes, and whether to ask for huge pages, gives the seconds of each pass; None where it cannot."""


@dataclass(frozen=True)
class Reading:
    """Each pass in GB/s (10^9 bytes), the first one dropped, over an array of that many bytes."""

    how: Literal["native", "torch"]
    array_bytes: int
    samples_gb_per_s: list[float]

    @property
    def gb_per_s(self) -> float:
        """The median pass."""
        return median(self.samples_gb_per_s)


def array_bytes(cache_bytes: int | None, available_bytes: float) -> int:
    """Choose the array's size: `CACHES` times the cache, as far as the free memory allows."""
    wanted = max(SMALLEST_BYTES, CACHES * (cache_bytes or 0))
    return max(0, int(min(wanted, LARGEST_BYTES, MEMORY_SHARE * available_bytes)))


def read_memory(nbytes: int, native: ReadPasses | None, *, huge_pages: bool = False) -> Reading | None:
    """Read an array of that many bytes over and over; through torch where there is no native reader.

    torch has no huge pages to offer: there is no reading then.
    """
    seconds = native(nbytes, huge_pages) if native is not None and nbytes else None
    if seconds is not None:
        return _reading("native", nbytes, seconds)
    return None if huge_pages or not nbytes else _reading("torch", nbytes, _torch_passes(nbytes))


def _reading(how: Literal["native", "torch"], nbytes: int, seconds: Sequence[float]) -> Reading | None:
    samples = [nbytes / taken / 1e9 for taken in seconds[1:] if taken > 0]
    return Reading(how, nbytes, samples) if samples else None


def build_reader(compiler: Compiler | None, threads: int, cpus: Sequence[int]) -> ReadPasses | None:
    """Compile the native reader, for that many threads, each bound to one of `cpus` as far as they go.

    It is compiled for this very processor, or where the compiler cannot do that for its kind; None where no
    compiler can do either.
    """
    package = __package__ or ""
    for options in (("-O3", "-march=native", "-pthread"), ("-O3", "-pthread")):
        loaded = load_native(compiler, package, "read_bandwidth.c", options)
        if loaded is not None:
            break
    else:
        return None
    function = loaded.read_passes
    function.restype = ctypes.c_int64
    function.argtypes = [
        ctypes.c_int64, ctypes.POINTER(ctypes.c_int64), ctypes.c_uint64, ctypes.c_int64, ctypes.c_uint64,
        ctypes.c_int64, ctypes.POINTER(ctypes.c_uint64), ctypes.POINTER(ctypes.c_uint64),
    ]  # fmt: skip
    bound = [*cpus[:threads], *[-1] * (threads - len(cpus[:threads]))]

    def read(nbytes: int, huge_pages: bool) -> list[float] | None:
        taken, total = (ctypes.c_uint64 * _MOST_PASSES)(), ctypes.c_uint64(0)
        done = function(
            threads, (ctypes.c_int64 * threads)(*bound), nbytes, int(huge_pages), int(_BUDGET_S * 1e9),
            _MOST_PASSES, taken, ctypes.byref(total),
        )  # fmt: skip
        return [ns / 1e9 for ns in taken[:done]] if done > 0 else None

    return read


def _torch_passes(nbytes: int) -> list[float]:
    """Sum the array with torch, on the threads that torch computes with: seconds of each pass."""
    import torch

    array = torch.ones(nbytes // 4, dtype=torch.float32)
    seconds: list[float] = []
    began = time.perf_counter()
    while len(seconds) < _FEWEST_PASSES or time.perf_counter() - began < _BUDGET_S:
        start = time.perf_counter()
        array.sum()
        seconds.append(time.perf_counter() - start)
    return seconds
