"""What the resident set is made of, how often a page had to be fetched, and the time of the cores."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from bitnet_report import MemoryKinds

from ..kernel_files import read_text

_SELF = Path("/proc/self/status")
_KEYS = ("RssAnon", "RssFile", "RssShmem", "VmSwap")


@dataclass(frozen=True)
class KindsNow:
    """One moment: MB of 2**20 bytes; since this process started, its faults and its CPU time (ms).

    `user_cpu_ms` was spent in the program itself, by all threads, `system_cpu_ms` in the kernel for it.
    """

    anonymous_mb: float
    file_mb: float
    swap_mb: float
    major_faults: int
    minor_faults: int
    user_cpu_ms: float = 0.0
    system_cpu_ms: float = 0.0


def read_kinds(status: Path = _SELF) -> KindsNow | None:
    """Read the split of now (Linux from 4.5 on); None elsewhere. Shared memory counts as file-backed."""
    found: dict[str, float] = {}
    for line in read_text(status).splitlines():
        key, _, value = line.partition(":")
        if key in _KEYS:
            found[key] = int(value.split()[0]) / 1024
    if len(found) < len(_KEYS):
        return None
    if sys.platform == "win32":
        return None
    import resource

    usage = resource.getrusage(resource.RUSAGE_SELF)
    return KindsNow(
        anonymous_mb=found["RssAnon"],
        file_mb=found["RssFile"] + found["RssShmem"],
        swap_mb=found["VmSwap"],
        major_faults=usage.ru_majflt,
        minor_faults=usage.ru_minflt,
        user_cpu_ms=usage.ru_utime * 1e3,
        system_cpu_ms=usage.ru_stime * 1e3,
    )


def kinds_between(before: KindsNow | None, after: KindsNow | None) -> MemoryKinds | None:
    """The two moments, and the faults and the CPU time between them, in the report's form."""
    if before is None or after is None:
        return None
    return MemoryKinds(
        anonymous_before_mb=before.anonymous_mb,
        anonymous_after_mb=after.anonymous_mb,
        file_before_mb=before.file_mb,
        file_after_mb=after.file_mb,
        swap_before_mb=before.swap_mb,
        swap_after_mb=after.swap_mb,
        major_faults=max(0, after.major_faults - before.major_faults),
        minor_faults=max(0, after.minor_faults - before.minor_faults),
        user_cpu_ms=max(0.0, after.user_cpu_ms - before.user_cpu_ms),
        system_cpu_ms=max(0.0, after.system_cpu_ms - before.system_cpu_ms),
    )
