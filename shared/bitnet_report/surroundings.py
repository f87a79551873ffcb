"""What differs between two runs though their work is the same: processor, clock, software, settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .comparison import Difference, Scalar
from .report import Report

_CLOCKS_AGREE = 0.01  # a measured clock never agrees to the last digit
_ENVIRONMENT = (
    "os",
    "python",
    "torch",
    "transformers",
    "compiler",
    "governor",
    "turbo",
    "thp",
    "threads",
    "settings",
    "libraries",
    "torch_build",
    "frequency_policy",
    "allocator",
    "cgroup_limits",
)
_SAID_ELSEWHERE = ("threads.torch", "threads.asked", "threads.planned", "threads.cpus", "threads.pinning")
"""The number of threads is the workload's; how they came about is no difference of its own."""
_LONGEST, _MOST = 400, 200  # characters of a value, settings; a report may hold what it likes


def differing_surroundings(a: Report, b: Report) -> list[Difference]:
    """List what bears on the figures and differs, both values beside each other."""
    ours, theirs = _surroundings(a), _surroundings(b)
    return [
        Difference(field=name, a=_scalar(ours.get(name)), b=_scalar(theirs.get(name)))
        for name in dict.fromkeys([*ours, *theirs])
        if not _agree(name, ours.get(name), theirs.get(name))
    ]


def _surroundings(report: Report) -> dict[str, Any]:
    """Everything compared, under the report's own names; a group of settings as one name each."""
    ledger = report.warmup.compile
    settings = dict(_environment(report))
    for name in _SAID_ELSEWHERE:
        settings.pop(name, None)
    return {
        "cpu": report.cpu_info.brand,
        "clock_mhz": report.cpu_info.clock_mhz,
        "clock_source": report.cpu_info.clock_source,
        "threads": report.workload.threads,
        **settings,
        "compile_cache": ledger.cache if ledger else None,
        "model_revision": report.meta.model_revision,
        "agent_version": report.meta.agent_version,
        "generated_sha256": report.workload.generated_sha256,
    }


def _environment(report: Report) -> Iterator[tuple[str, Any]]:
    stated = report.environment.model_dump()
    for name in _ENVIRONMENT:
        value = stated.get(name)
        if isinstance(value, dict):
            yield from ((f"{name}.{key}"[:_LONGEST], value[key]) for key in list(value)[:_MOST])
        elif value is not None:
            yield name, value


def _agree(name: str, a: Any, b: Any) -> bool:
    if name == "clock_mhz" and a is not None and b is not None:
        return bool(max(a, b) <= min(a, b) * (1 + _CLOCKS_AGREE))
    return bool(a == b)


def _scalar(value: Any) -> Scalar:
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)[:_LONGEST]
