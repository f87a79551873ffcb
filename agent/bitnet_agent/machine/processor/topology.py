"""Which logical processors share a core, which cores are fast, and which share a memory node."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import psutil

from ..kernel_files import numbered, read_cpu_list, read_int
from ..sysctl import read_sysctl
from .cgroup import read_cgroup

_FAST_CAPACITY = 0.7
"""Of the largest `cpu_capacity`: small cores have half and less, favoured ones differ by some %."""


@dataclass(frozen=True)
class LogicalCpu:
    """One logical processor; `core` is the lowest number among its siblings, `fast` False on an E-core."""

    number: int
    core: int
    node: int = 0
    fast: bool = True


@dataclass(frozen=True)
class Topology:
    """The machine's processors, and which of them (and how much of them) this process may use.

    `pinnable` tells whether the numbers are the system's own, so that a thread can be bound by them.
    """

    cpus: tuple[LogicalCpu, ...]
    allowed: frozenset[int]
    quota: float | None = None
    pinnable: bool = False

    @property
    def hybrid(self) -> bool:
        """Whether there are cores of two kinds."""
        return len({cpu.fast for cpu in self.cpus}) > 1


def read_topology(root: Path = Path("/"), allowed: Collection[int] | None = None) -> Topology:
    """Read the topology from sysfs, from sysctl on macOS, and from psutil's counts elsewhere.

    `allowed` None takes this process's own affinity.
    """
    folders = numbered(root / "sys/devices/system/cpu", "cpu")
    cpus = tuple(_describe(root, folders)) or (_from_sysctl() if sys.platform == "darwin" else ())
    known = any((folder / "topology").is_dir() for _, folder in folders)
    if not cpus:
        cpus = _from_counts()
    if allowed is None:
        allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else [c.number for c in cpus]
    return Topology(
        cpus=cpus,
        allowed=frozenset(allowed),
        quota=read_cgroup(root).cpus,
        pinnable=known and hasattr(os, "sched_setaffinity"),
    )


def _describe(root: Path, folders: list[tuple[int, Path]]) -> list[LogicalCpu]:
    nodes = {
        number: node
        for node, folder in numbered(root / "sys/devices/system/node", "node")
        for number in read_cpu_list(folder / "cpulist")
    }
    efficient = set(read_cpu_list(root / "sys/devices/cpu_atom/cpus"))
    capacity = {number: read_int(folder / "cpu_capacity") or 0 for number, folder in folders}
    largest = max(capacity.values(), default=0)
    cpus = []
    for number, folder in folders:
        if not (folder / "topology").is_dir():
            continue  # offline
        siblings = read_cpu_list(folder / "topology/core_cpus_list") or read_cpu_list(
            folder / "topology/thread_siblings_list"
        )
        slow = number in efficient if efficient else capacity[number] < _FAST_CAPACITY * largest
        cpus.append(LogicalCpu(number, min(siblings, default=number), nodes.get(number, 0), not slow))
    return cpus


def _from_sysctl() -> tuple[LogicalCpu, ...]:
    """Apple's cores have no numbers to bind to, only counts: level 0 is the fast kind."""
    fast = read_sysctl("hw.perflevel0.physicalcpu")
    slow = read_sysctl("hw.perflevel1.physicalcpu")
    if fast is None or not fast.isdigit():
        return ()
    count = int(fast)
    total = count + (int(slow) if slow and slow.isdigit() else 0)
    return tuple(LogicalCpu(number, number, fast=number < count) for number in range(total))


def _from_counts() -> tuple[LogicalCpu, ...]:
    logical = psutil.cpu_count() or 1
    physical = min(psutil.cpu_count(logical=False) or logical, logical)
    return tuple(LogicalCpu(number, number * physical // logical) for number in range(logical))
