"""How many cores and how much memory a run may use: the machine's, or the container's where that is less."""

from __future__ import annotations

import os
import re
from pathlib import Path

import psutil

from bitnet_report import MB


def usable_cores() -> int:
    """Physical cores that this process may run on: the default number of threads."""
    physical = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else physical
    quota = _cpu_quota()
    return max(1, min(physical, allowed, int(quota) if quota and quota >= 1 else physical))


def available_memory_mb() -> float:
    """Memory (MB) that a new allocation can have: the machine's, or the container's where that is less."""
    machine = psutil.virtual_memory().available / MB
    limit = memory_limit_mb()
    return machine if limit is None else min(machine, limit - _cgroup_usage_mb())


def memory_limit_mb() -> float | None:
    """The container's memory limit (MB; cgroup version 2 or 1), or None where there is none."""
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        value = _read_int(path)
        if value is not None and value < 2**60:
            return value / MB
    return None


def _cgroup_usage_mb() -> float:
    """What counts against the limit and cannot be dropped: usage less the inactive page cache."""
    for usage, stat in (
        ("/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory.stat"),
        ("/sys/fs/cgroup/memory/memory.usage_in_bytes", "/sys/fs/cgroup/memory/memory.stat"),
    ):
        used = _read_int(usage)
        if used is not None:
            try:
                text = Path(stat).read_text(encoding="ascii")
            except OSError:
                text = ""
            inactive = re.search(r"^(?:total_)?inactive_file (\d+)$", text, re.MULTILINE)
            return (used - (int(inactive[1]) if inactive else 0)) / MB
    return 0.0


def _cpu_quota() -> float | None:
    """Cores' worth of time that the container may use (cgroup version 2), or None where it is unlimited."""
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        return int(quota) / int(period)
    except (OSError, ValueError):
        return None


def _read_int(path: str) -> int | None:
    try:
        return int(Path(path).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
