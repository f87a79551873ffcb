"""The report's `cpu_info` and `environment`: what bears on the figures, and nothing that names a person."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from bitnet_report import MB, CpuInfo, Environment

from . import limits, processor
from .clock import ClockReading
from .compiler import Compiler

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OMP_PROC_BIND",
    "KMP_AFFINITY",
    "GOMP_CPU_AFFINITY",
)
_ALLOCATOR_VARIABLES = ("LD_PRELOAD", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_ARENA_MAX")


def describe_cpu(clock: ClockReading) -> CpuInfo:
    """Describe the processor, with the clock as the run read it."""
    base = processor.base_frequency()
    return CpuInfo(
        brand=processor.cpu_brand()[:200],
        arch=platform.machine() or None,
        cores_physical=psutil.cpu_count(logical=False),
        cores_logical=psutil.cpu_count(),
        freq_base_mhz=base.mhz,
        freq_base_source=base.source,
        clock_mhz=clock.mhz,
        clock_source=clock.source,
        isa=processor.isa_flags(),
        caches=processor.caches(),
        hypervisor=processor.hypervisor(),
    )


def describe_environment(compiler: Compiler, threads: int, load_before: list[float] | None) -> Environment:
    """Describe software and settings; `load_before` is the load average read before the run began."""
    swap = psutil.swap_memory()
    limit = limits.memory_limit_mb()
    stated = {name: os.environ[name] for name in _THREAD_VARIABLES if name in os.environ}
    allocator = {
        name: Path(value).name if name == "LD_PRELOAD" else value
        for name in _ALLOCATOR_VARIABLES
        if (value := os.environ.get(name))
    }
    return Environment.model_validate(
        {
            "os": platform.system() or None,
            "kernel": platform.release() or None,
            "python": platform.python_version(),
            "torch": _version("torch"),
            "transformers": _version("transformers"),
            "compiler": compiler.version,
            "threads": {"torch": threads, **stated},
            "affinity": sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
            "cgroup_limits": {"memory_mb": limit} if limit is not None else None,
            "governor": _first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
            "turbo": _turbo(),
            "memory_total_mb": psutil.virtual_memory().total / MB,
            "swap": {"total_mb": swap.total / MB, "used_mb": swap.used / MB},
            "thp": _first_line("/sys/kernel/mm/transparent_hugepage/enabled"),
            "load_before": load_before,
            "allocator": allocator,
        }
    )


def load_average() -> list[float] | None:
    """The load over 1, 5 and 15 minutes; None where the system has no such figure (Windows)."""
    return [float(load) for load in os.getloadavg()] if hasattr(os, "getloadavg") else None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _turbo() -> bool | None:
    disabled = _first_line("/sys/devices/system/cpu/intel_pstate/no_turbo")
    if disabled is not None:
        return disabled == "0"
    boost = _first_line("/sys/devices/system/cpu/cpufreq/boost")
    return None if boost is None else boost == "1"


def _first_line(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip().splitlines()[0][:200] or None
    except (OSError, IndexError):
        return None
