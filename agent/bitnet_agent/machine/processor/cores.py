"""How the cores are made up, in the report's form: memory nodes, threads a core, fast and slow cores."""

from __future__ import annotations

from typing import Any

from .topology import Topology


def describe_cores(topology: Topology) -> dict[str, Any]:
    """The fields of the report's `cpu_info` that follow from the topology of the processors online."""
    per_core: dict[int, int] = {}
    for cpu in topology.cpus:
        per_core[cpu.core] = per_core.get(cpu.core, 0) + 1
    threads_per_core = max(per_core.values(), default=1)
    hybrid = None
    if topology.hybrid:
        hybrid = {
            "performance_cores": len({cpu.core for cpu in topology.cpus if cpu.fast}),
            "efficiency_cores": len({cpu.core for cpu in topology.cpus if not cpu.fast}),
        }
    return {
        "threads_per_core": threads_per_core,
        "smt": threads_per_core > 1,
        "numa_nodes": len({cpu.node for cpu in topology.cpus}) or None,
        "hybrid": hybrid,
    }
