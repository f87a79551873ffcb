"""How many threads to compute on, and on which processors: one a physical core, the fast cores first.

Two threads on one core share its units, and a slow core makes the fast ones wait at the end of every
matrix product, so the default is the physical cores, and of two kinds the fast ones only.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from math import ceil
from typing import Any

from ...errors import UsageError
from ..clock.pinned_threads import own_cpus
from .topology import LogicalCpu, Topology

_MOST_PER_CPU = 16


@dataclass(frozen=True)
class ThreadPlan:
    """`threads` to compute on and the processors `cpus` that suit them; bound to them only if `pin`.

    `cpus` is empty where the system does not number its processors. `oversubscribed` means that more threads
    were asked for than there are processors (or quota) to run them.
    """

    threads: int
    cpus: tuple[int, ...]
    asked: int | None
    pin: bool
    oversubscribed: bool


@dataclass(frozen=True)
class Pinning:
    """What became of a plan: the processors bound to, None where not bound, and in words why."""

    cpus: tuple[int, ...] | None
    how: str


def plan_threads(requested: int | None, pin: bool, topology: Topology) -> ThreadPlan:
    """Choose threads and processors; `requested` None means one thread a (fast) physical core.

    Raises:
        UsageError: more threads are asked for than could mean anything.
    """
    if requested is not None and requested > _MOST_PER_CPU * len(topology.cpus):
        raise UsageError(
            f"{requested} threads are far more than this machine's {len(topology.cpus)} processors can run",
            "lower --threads, or leave it out for one a physical core",
        )
    usable = [cpu for cpu in topology.cpus if cpu.number in topology.allowed] or list(topology.cpus)
    processors = max(1, len(usable))
    quota = topology.quota if topology.quota is not None else processors
    threads = requested or max(1, min(_default(usable), int(quota)))
    ordered = [cpu.number for cpu in _in_order(usable, threads)]
    return ThreadPlan(
        threads=threads,
        cpus=tuple(ordered[:threads]) if topology.pinnable else (),
        asked=requested,
        pin=pin,
        oversubscribed=threads > min(processors, ceil(quota)),
    )


def apply_plan(plan: ThreadPlan) -> Pinning:
    """Bind this thread, and so every thread that it starts from now on; call before torch is imported.

    The set is bound as a whole: the scheduler spreads as many busy threads as there are processors in it.
    """
    if not plan.pin:
        return Pinning(None, "not asked")
    if plan.cpus and hasattr(os, "sched_setaffinity"):
        try:
            os.sched_setaffinity(0, plan.cpus)
        except OSError as error:
            return Pinning(None, f"refused: {error.strerror}")
        return Pinning(own_cpus(), "sched_setaffinity")
    return Pinning(None, "not possible on this system")


def describe_threads(plan: ThreadPlan, pinning: Pinning) -> dict[str, Any]:
    """What was asked, planned and applied, for the report's `environment.threads`."""
    return {
        "asked": plan.asked,
        "planned": plan.threads,
        "cpus": list(plan.cpus) or None,
        "pinned": None if pinning.cpus is None else list(pinning.cpus),
        "pinning": pinning.how,
    }


def _default(usable: list[LogicalCpu]) -> int:
    """Physical cores; where there are fast and slow ones, the fast."""
    return len({cpu.core for cpu in usable if cpu.fast} or {cpu.core for cpu in usable})


def _in_order(usable: list[LogicalCpu], threads: int) -> list[LogicalCpu]:
    """First processors of fast cores, then of slow ones, then second processors; the home node's first."""
    first: dict[int, int] = {}
    for cpu in sorted(usable, key=lambda cpu: cpu.number):
        first.setdefault(cpu.core, cpu.number)
    leading = [cpu for cpu in usable if first[cpu.core] == cpu.number]
    home = _home_node(leading, threads)

    def rank(cpu: LogicalCpu) -> tuple[bool, bool, bool, int, int]:
        return first[cpu.core] != cpu.number, not cpu.fast, cpu.node != home, cpu.node, cpu.number

    return sorted(usable, key=rank)


def _home_node(leading: list[LogicalCpu], threads: int) -> int | None:
    """The first memory node with fast cores enough for every thread, else with cores enough, else none."""
    for cores in ([cpu for cpu in leading if cpu.fast], leading):
        counts: dict[int, int] = {}
        for cpu in cores:
            counts[cpu.node] = counts.get(cpu.node, 0) + 1
        fitting = [node for node, count in sorted(counts.items()) if count >= threads]
        if fitting:
            return fitting[0]
    return None
