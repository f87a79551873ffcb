"""Short work on several processors at once, each thread bound to its own while it runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

Result = TypeVar("Result")


def on_each(threads: int, cpus: Sequence[int], work: Callable[[int | None], Result]) -> list[Result]:
    """Run `work` on as many new threads, bound to the processors in turn, and return what each gave.

    `work` is given its processor, or None where threads cannot be bound (or there are more than processors).
    The threads end with the call, so that nothing stays bound.
    """

    def run(index: int) -> Result:
        cpu = cpus[index] if index < len(cpus) else None
        if cpu is not None and not _bind(cpu):
            cpu = None
        return work(cpu)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def _bind(cpu: int) -> bool:
    if hasattr(os, "sched_setaffinity"):
        with suppress(OSError):
            os.sched_setaffinity(0, {cpu})  # 0 is the calling thread alone
            return True
    return False


def own_cpus() -> tuple[int, ...]:
    """The processors that this thread may run on; empty where the system does not tell."""
    return tuple(sorted(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else ()
