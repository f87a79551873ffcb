"""How often this process's threads were taken off a processor, or moved to another."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from ..kernel_files import read_text

_WANTED = ("voluntary_ctxt_switches", "nonvoluntary_ctxt_switches")


@dataclass(frozen=True)
class ThreadCounters:
    """Since the thread began; `migrations` None where the kernel keeps no scheduler statistics."""

    voluntary: int
    involuntary: int
    migrations: int | None = None


def read_threads(root: Path = Path("/")) -> dict[int, ThreadCounters]:
    """The counters of each thread, torch's workers included; without /proc the process's own under 0."""
    tasks = root / "proc/self/task"
    try:
        names = [entry.name for entry in os.scandir(tasks)]
    except OSError:
        return _of_the_process()
    threads = {}
    for name in names:
        counters = _read_thread(tasks / name)
        if counters is not None:
            threads[int(name)] = counters
    return threads


def _read_thread(task: Path) -> ThreadCounters | None:
    counts = [
        int(value)
        for line in read_text(task / "status").splitlines()[-8:]  # proc_pid_status(5): they come near the end
        for name, _, value in [line.partition(":")]
        if name in _WANTED
    ]
    # A thread that ended in this moment has no counts.
    return ThreadCounters(counts[0], counts[1], _migrations(task)) if len(counts) == len(_WANTED) else None


def _migrations(task: Path) -> int | None:
    for line in read_text(task / "sched").splitlines()[:8]:
        if line.startswith("se.nr_migrations"):
            return int(line.rpartition(":")[2])
    return None


def _of_the_process() -> dict[int, ThreadCounters]:
    if sys.platform == "win32":
        return {}  # psutil's figure there does not tell the two kinds apart
    import resource

    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {0: ThreadCounters(usage.ru_nvcsw, usage.ru_nivcsw)}
