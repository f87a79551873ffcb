"""The caches of a core that does the work: size in bytes of each level, and how many processors share it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..kernel_files import numbered, read_cpu_list, read_line
from ..sysctl import read_sysctl

_UNITS = {"K": 2**10, "M": 2**20, "G": 2**30}
_LETTERS = {"Data": "d", "Instruction": "i", "Unified": ""}
_ON_MACOS = {"l1d": "l1dcachesize", "l1i": "l1icachesize", "l2": "l2cachesize", "l3": "l3cachesize"}


def read_caches(root: Path = Path("/"), cpu: int = 0) -> dict[str, int]:
    """Sizes as `l1d`, `l1i`, `l2`, `l3`, and beside each `…_shared_by`; empty where the system does not tell.

    `cpu` is one of those that do the work: on a hybrid processor the kinds of core differ in this.
    """
    found: dict[str, int] = {}
    for _, index in numbered(root / f"sys/devices/system/cpu/cpu{cpu}/cache", "index"):
        size = _bytes(read_line(index / "size"))
        letter = _LETTERS.get(read_line(index / "type") or "")
        if size is None or letter is None:
            continue
        name = f"l{read_line(index / 'level')}{letter}"
        found[name] = size
        found[f"{name}_shared_by"] = len(read_cpu_list(index / "shared_cpu_list")) or 1
    return found or _from_sysctl()


def last_level_cache(cpus: Sequence[int], root: Path = Path("/")) -> int | None:
    """Bytes of the largest caches that these processors reach, each counted once; None where not told."""
    found: dict[str, tuple[int, int]] = {}  # by the processors that share it: level and bytes
    for cpu in cpus or (0,):
        for _, index in numbered(root / f"sys/devices/system/cpu/cpu{cpu}/cache", "index"):
            size, level = _bytes(read_line(index / "size")), read_line(index / "level") or ""
            if size is not None and level.isdigit() and read_line(index / "type") == "Unified":
                shared = read_line(index / "shared_cpu_list") or str(cpu)
                found[f"{level}: {shared}"] = (int(level), size)
    if found:
        highest = max(level for level, _ in found.values())
        return sum(size for level, size in found.values() if level == highest)
    caches = _from_sysctl()
    return caches.get("l3") or caches.get("l2")


def _bytes(text: str | None) -> int | None:
    if text and text[-1] in _UNITS and text[:-1].isdigit():
        return int(text[:-1]) * _UNITS[text[-1]]
    return int(text) if text and text.isdigit() else None


def _from_sysctl() -> dict[str, int]:
    found: dict[str, int] = {}
    for name, key in _ON_MACOS.items():
        value = read_sysctl(f"hw.perflevel0.{key}") or read_sysctl(f"hw.{key}")
        if value and value.isdigit() and int(value):
            found[name] = int(value)
    return found
