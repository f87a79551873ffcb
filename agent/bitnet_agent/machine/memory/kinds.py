"""What the resident set is made of, and how often a page had to be fetched."""

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
    """One moment: MB of 2**20 bytes, and the faults of this process since it started."""

    anonymous_mb: float
    file_mb: float
    swap_mb: float
    major_faults: int
    minor_faults: int


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
    )


def kinds_between(before: KindsNow | None, after: KindsNow | None) -> MemoryKinds | None:
    """The two moments and the faults between them, in the report's form."""
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
    )
