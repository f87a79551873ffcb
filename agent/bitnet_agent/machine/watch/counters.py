"""The system's running counters, read once: two readings tell what happened between them.

On Linux everything is read from files, so that a test can put a tree of its own in place of /proc and
/sys. Elsewhere psutil and getrusage(2) give what they can, and the rest is None.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from ..kernel_files import read_text
from .kernel_counts import named_count
from .switching import ThreadCounters, read_threads
from .throttling import Throttling, cgroup_throttling, thermal_throttles

_TICKS_PER_S = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_BUSY = ("user", "nice", "system", "irq", "softirq")  # guest time stands in user already (proc(5))


@dataclass(frozen=True)
class System:
    """Where counters are read: `root` holds proc and sys, and psutil serves where it holds none."""

    root: Path = Path("/")
    now: Callable[[], float] = time.perf_counter
    psutil: Any = psutil


@dataclass(frozen=True)
class Counters:
    """One reading; processor times in seconds since the start, None where the system does not tell."""

    at_s: float
    busy_s: float | None
    stolen_s: float | None
    total_s: float | None
    own_s: float | None
    threads: dict[int, ThreadCounters] = field(default_factory=dict)
    throttling: dict[str, Throttling] = field(default_factory=dict)
    thermal: int | None = None
    swapped_in_bytes: int | None = None
    major_faults: int | None = None
    pressure_s: float | None = None


def read_counters(system: System) -> Counters:
    """Read every counter once; takes a few milliseconds."""
    busy, stolen, total = _cpu_times(system)
    pages = named_count(system.root / "proc/vmstat", "pswpin")
    return Counters(
        at_s=system.now(),
        busy_s=busy,
        stolen_s=stolen,
        total_s=total,
        own_s=_own_s(system),
        threads=read_threads(system.root),
        throttling=cgroup_throttling(system.root),
        thermal=thermal_throttles(system.root),
        # Elsewhere psutil's count holds pages of plain files too (macOS), or is always 0 (Windows).
        swapped_in_bytes=None if pages is None else pages * _PAGE_BYTES,
        major_faults=_major_faults(system.root),
        pressure_s=_pressure_s(system.root / "proc/pressure/cpu"),
    )


def _cpu_times(system: System) -> tuple[float | None, float | None, float | None]:
    """Busy, stolen and all time of all processors (s)."""
    for line in read_text(system.root / "proc/stat").splitlines():
        if line.startswith("cpu "):
            ticks = [int(number) / _TICKS_PER_S for number in line.split()[1:9]]
            user, nice, kernel, idle, waiting, irq, softirq, steal = ticks
            busy = user + nice + kernel + irq + softirq
            return busy, steal, busy + idle + waiting + steal
    try:
        times = system.psutil.cpu_times()
    except (OSError, RuntimeError):
        return None, None, None
    return sum(getattr(times, name, 0.0) for name in _BUSY), getattr(times, "steal", None), None


def _own_s(system: System) -> float | None:
    """Processor time (s) of this process and everything it started, dead children included."""
    if read_text(system.root / "proc/self/stat"):
        return _own_ticks(system.root / "proc") / _TICKS_PER_S
    try:
        me = system.psutil.Process()
        family = [me, *me.children(recursive=True)]
        return float(sum(sum(process.cpu_times()[:4]) for process in family))
    except (psutil.Error, OSError):
        return None


def _own_ticks(proc: Path) -> int:
    """Fields 14 to 17 (utime, stime, cutime, cstime; proc_pid_stat(5)) summed over this process's family."""
    spent: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    for entry in os.scandir(proc):
        words = _stat_words(proc / entry.name / "stat") if entry.name.isdigit() else []
        if len(words) > 14:
            spent[int(entry.name)] = sum(int(word) for word in words[11:15])
            children.setdefault(int(words[1]), []).append(int(entry.name))
    mine = read_text(proc / "self" / "stat").split(maxsplit=1)[0]
    total, waiting = 0, [int(mine)]
    while waiting:
        pid = waiting.pop()
        total += spent.get(pid, 0)
        waiting += children.pop(pid, [])
    return total


def _stat_words(path: Path) -> list[str]:
    """The words after the command, which stands in brackets and may hold anything; the first is field 3."""
    return read_text(path).rpartition(")")[2].split()


def _major_faults(root: Path) -> int | None:
    words = _stat_words(root / "proc/self/stat")
    if len(words) > 9:
        return int(words[9])
    if sys.platform == "win32":
        return None
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_majflt


def _pressure_s(path: Path) -> float | None:
    for line in read_text(path).splitlines():
        if line.startswith("some ") and "total=" in line:
            return int(line.rpartition("total=")[2]) / 1e6
    return None
