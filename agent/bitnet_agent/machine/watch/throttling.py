"""When the processor was held back: by the container's quota, or by its own heat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..kernel_files import read_int, read_text
from .kernel_counts import named_count

_V1_MOUNTS = ("cpu,cpuacct", "cpu", "cpuacct,cpu")
_THROTTLE_COUNTS = "sys/devices/system/cpu/cpu[0-9]*/thermal_throttle/core_throttle_count"


@dataclass(frozen=True)
class Throttling:
    """In how many periods a quota held its group back, and for how long (ms, summed over processors)."""

    periods: int
    held_ms: float


def cgroup_throttling(root: Path = Path("/")) -> dict[str, Throttling]:
    """What each cgroup that holds this process says, by its cpu.stat; versions 2 and 1."""
    found = {}
    for file in _stat_files(root):
        periods = named_count(file, "nr_throttled")
        microseconds = named_count(file, "throttled_usec")  # version 2
        nanoseconds = named_count(file, "throttled_time")  # version 1
        if periods is not None:
            held_ms = microseconds / 1e3 if microseconds is not None else (nanoseconds or 0) / 1e6
            found[str(file)] = Throttling(periods, held_ms)
    return found


def _stat_files(root: Path) -> Iterator[Path]:
    """cpu.stat of this process's own groups and of those above, whose quotas bind it as well.

    A container sees its own group at the mount's top, whatever path the host knows it by.
    """
    seen = set()
    for line in read_text(root / "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, group = rest.partition(":")
        if controllers == "":
            mounts: tuple[str, ...] = ("", "unified")
        elif "cpu" in controllers.split(","):
            mounts = _V1_MOUNTS
        else:
            continue
        relative = PurePosixPath(group.lstrip("/"))
        for mount in mounts:
            for level in (relative, *relative.parents):
                file = root / "sys/fs/cgroup" / mount / level / "cpu.stat"
                if file not in seen and ".." not in level.parts and file.is_file():
                    seen.add(file)
                    yield file


def thermal_throttles(root: Path = Path("/")) -> int | None:
    """How often any core slowed down because it was hot (Intel's counters); None where none is kept."""
    counts = [count for file in root.glob(_THROTTLE_COUNTS) if (count := read_int(file)) is not None]
    return sum(counts) if counts else None
