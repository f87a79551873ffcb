"""What the container or the service manager allows: memory and processor time, from control groups 1 and 2.

A limit may stand at the process's own group or at any group above it, so the way up is walked and the
tightest limit taken. In a container with a namespace of its own only the mount's root is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bitnet_report import MB

from ..kernel_files import read_int, read_line, read_text

_UNLIMITED = 2**60  # version 1 writes the largest multiple of a page instead of "max"


@dataclass(frozen=True)
class CgroupLimits:
    """Each is None where nothing limits it; `memory_used_mb` is what counts against `memory_mb`."""

    memory_mb: float | None = None
    memory_used_mb: float = 0.0
    cpus: float | None = None


def read_cgroup(root: Path = Path("/")) -> CgroupLimits:
    """Read the tightest limits on this process; `root` is where /proc and /sys are."""
    memory = [
        (allowed / MB, _used_mb(group))
        for group in _groups(root, "memory")
        if (allowed := _memory_limit(group)) is not None
    ]
    quotas = [quota for group in _groups(root, "cpu") if (quota := _quota(group)) is not None]
    # Where two groups have a limit, the one with less left is felt.
    cpus = min(quotas, default=None)
    if not memory:
        return CgroupLimits(cpus=cpus)
    limit, used = min(memory, key=lambda pair: pair[0] - pair[1])
    return CgroupLimits(limit, used, cpus)


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """The process's own group and those above it, in both versions."""
    mount = root / "sys/fs/cgroup"
    unified = mount if (mount / "cgroup.controllers").exists() else mount / "unified"
    paths = {"": "/", controller: "/"}
    for line in read_text(root / "proc/self/cgroup").splitlines():
        _, names, path = (*line.split(":", 2), "", "")[:3]
        paths.update((name, path) for name in names.split(",") if name in paths)
    for base, path in ((unified, paths[""]), (mount / controller, paths[controller])):
        inside = PurePosixPath(path.lstrip("/"))
        if ".." in inside.parts:  # outside of what this namespace shows
            inside = PurePosixPath()
        yield from (base / above for above in (inside, *inside.parents) if (base / above).is_dir())


def _memory_limit(group: Path) -> int | None:
    limits = [read_int(group / name) for name in ("memory.max", "memory.limit_in_bytes")]
    return min((limit for limit in limits if limit is not None and limit < _UNLIMITED), default=None)


def _used_mb(group: Path) -> float:
    """Usage less the inactive page cache, which is dropped when memory is needed."""
    for name in ("memory.current", "memory.usage_in_bytes"):
        used = read_int(group / name)
        if used is not None:
            stat = read_text(group / "memory.stat")
            # Version 1 counts the group alone, and with its children under `total_`.
            inactive = re.search(r"^total_inactive_file (\d+)$", stat, re.MULTILINE) or re.search(
                r"^inactive_file (\d+)$", stat, re.MULTILINE
            )
            return (used - (int(inactive[1]) if inactive else 0)) / MB
    return 0.0


def _quota(group: Path) -> float | None:
    words = (read_line(group / "cpu.max") or "").split()
    if len(words) == 2 and all(word.isdigit() for word in words):
        return int(words[0]) / int(words[1])
    quota, period = read_int(group / "cpu.cfs_quota_us"), read_int(group / "cpu.cfs_period_us")
    return quota / period if quota and period and quota > 0 else None
