"""How many cores and how much memory a run may use: the machine's, or the container's where that is less."""

from __future__ import annotations

import psutil

from bitnet_report import MB

from .affinity import plan_threads
from .cgroup import read_cgroup
from .topology import read_topology


def usable_cores() -> int:
    """Physical cores that this process may run on, the fast ones where there are two kinds."""
    return plan_threads(None, pin=False, topology=read_topology()).threads


def available_memory_mb() -> float:
    """Memory (MB) that a new allocation can have: the machine's, or the container's where that is less."""
    machine = psutil.virtual_memory().available / MB
    group = read_cgroup()
    return machine if group.memory_mb is None else min(machine, group.memory_mb - group.memory_used_mb)


def memory_limit_mb() -> float | None:
    """The container's memory limit (MB; control groups 2 or 1), or None where there is none."""
    return read_cgroup().memory_mb
