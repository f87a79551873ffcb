"""Files of /proc and /sys that hold a name and a number on each line: vmstat, cpu.stat."""

from __future__ import annotations

from pathlib import Path

from ..kernel_files import read_text


def named_count(path: Path, name: str) -> int | None:
    """The number that stands after `name`; None where the file or the line is not there."""
    for line in read_text(path).splitlines():
        key, _, value = line.partition(" ")
        if key == name and value.strip().isdigit():
            return int(value)
    return None
