"""The report's `cpu_info` and `environment`: what bears on the figures, and nothing that names a person."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from typing import Any

import psutil

from bitnet_report import MB, CpuInfo, Environment

from ..clock import time_stamp
from ..clock.clock import ClockReading
from ..clock.pinned_threads import own_cpus
from ..compiler import Compiler
from ..processor import naming as processor
from ..processor.caches import read_caches
from ..processor.cgroup import read_cgroup
from ..processor.cores import describe_cores
from ..processor.topology import read_topology
from ..processor.virtualization import find_container, find_hypervisor
from . import kernel_settings, settings, software
from .frequency_policy import read_policy
from .host import host_identity


def describe_cpu(clock: ClockReading, tsc_mhz: float | None = None) -> CpuInfo:
    """Describe the processor, with the clock as the run read it and the time stamp counter as measured."""
    base, hypervisor = processor.base_frequency(), find_hypervisor()
    reported, tsc = time_stamp.reported_mhz(), tsc_mhz or time_stamp.stated_tsc_mhz()
    measured = None if clock.source in ("stated", "advertised") else clock.mhz
    topology = read_topology()
    return CpuInfo.model_validate(
        {
            "brand": processor.cpu_brand()[:200],
            "arch": platform.machine() or None,
            "cores_physical": psutil.cpu_count(logical=False),
            "cores_logical": psutil.cpu_count(),
            "freq_base_mhz": base.mhz,
            "freq_base_source": base.source,
            "clock_mhz": clock.mhz,
            "clock_source": clock.source,
            "reported_mhz": reported,
            "tsc_mhz": tsc,
            "reported_is_tsc": time_stamp.is_time_stamp_rate(
                reported, tsc, virtual=hypervisor is not None, measured=measured
            ),
            "isa": processor.isa_flags(),
            "caches": read_caches(cpu=min(topology.allowed, default=0)),
            **describe_cores(topology),
            "hypervisor": hypervisor,
        }
    )


def describe_environment(
    compiler: Compiler | None,
    threads: int,
    load_before: list[float] | None,
    *,
    pinning: Mapping[str, Any] | None = None,
    affinity: Sequence[int] | None = None,
    include_host: bool = False,
) -> Environment:
    """Describe software and settings.

    `load_before` is the load average read before the run began, `pinning` what describe_threads gives,
    `affinity` the processors that the run may use (left out: this thread's now);
    `include_host` adds the names of host and user, which otherwise never leave the machine.
    """
    libraries, policy, group = software.library_versions(), read_policy(), read_cgroup()
    limits = {"memory_mb": group.memory_mb, "cpus": group.cpus}
    return Environment.model_validate(
        {
            "os": platform.system() or None,
            "kernel": platform.release() or None,
            "python": platform.python_version(),
            "torch": libraries.get("torch"),
            "transformers": libraries.get("transformers"),
            "libraries": libraries,
            "torch_build": software.describe_torch(),
            "compiler": compiler.version if compiler else None,
            "threads": {"torch": threads, **(pinning or {})},
            "settings": settings.computing_settings(os.environ),
            "allocator": settings.allocator_settings(os.environ),
            "affinity": sorted(affinity or own_cpus()) or None,
            "container": find_container(),
            "cgroup_limits": {name: limit for name, limit in limits.items() if limit is not None} or None,
            "governor": policy.get("governor"),
            "turbo": policy.get("turbo"),
            "frequency_policy": policy or None,
            "memory_total_mb": psutil.virtual_memory().total / MB,
            "swap": kernel_settings.describe_swap(),
            "thp": kernel_settings.transparent_huge_pages(),
            "mitigations": kernel_settings.describe_mitigations(),
            "load_before": load_before,
            "host": host_identity() if include_host else None,
        }
    )


def load_average() -> list[float] | None:
    """The load over 1, 5 and 15 minutes; None where the system has no such figure (Windows)."""
    return [float(load) for load in os.getloadavg()] if hasattr(os, "getloadavg") else None
