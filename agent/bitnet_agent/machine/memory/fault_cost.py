"""What one page fault costs on this machine, with the run's threads faulting at once."""

from __future__ import annotations

import mmap
import sys
import time
from collections.abc import Callable
from statistics import median

_BLOCK = 64 * 2**20
_ROUNDS = 5


def fault_cost_ns(now: Callable[[], float] = time.perf_counter) -> float | None:
    """Wall time (ns) of one minor fault: its page taken from the kernel, zeroed, mapped, and given back.

    A fresh mapping of 64 MiB is filled by torch on its threads and unmapped; what filling it a second time
    takes is taken off. The faults are counted, so that huge pages, which need fewer, are divided rightly.
    Takes some 0.2 s; None where no fault could be counted.
    """
    if sys.platform == "win32":
        return None
    costs = [cost for cost in (_round(now) for _ in range(_ROUNDS)) if cost is not None]
    return median(costs) if costs else None


def _round(now: Callable[[], float]) -> float | None:
    import resource

    import torch

    def faults() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

    before, start = faults(), now()
    block = mmap.mmap(-1, _BLOCK, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    numbers = torch.frombuffer(block, dtype=torch.uint8)
    numbers.fill_(1)
    fresh, middle = faults() - before, now()
    numbers.fill_(2)
    again = now()
    del numbers
    block.close()
    taken = (middle - start) - (again - middle) + (now() - again)
    return taken * 1e9 / fresh if fresh > 0 and taken > 0 else None
