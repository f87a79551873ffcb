"""Small files of /proc and /sys: one line, one number, one list of processors."""

from __future__ import annotations

from pathlib import Path


def read_text(path: Path) -> str:
    """The whole file; empty where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def read_line(path: Path) -> str | None:
    """The first line, without the blanks around it; None where there is none."""
    lines = read_text(path).strip().splitlines()
    return lines[0].strip()[:200] or None if lines else None


def read_int(path: Path) -> int | None:
    """The number that the file holds; None where it holds none."""
    try:
        return int(read_text(path))
    except ValueError:
        return None


def read_cpu_list(path: Path) -> tuple[int, ...]:
    """A list of processors as the kernel writes it, `0-3,8`; empty where it cannot be read."""
    cpus: list[int] = []
    for part in read_text(path).strip().split(","):
        first, _, last = part.partition("-")
        if first.isdigit() and (last or first).isdigit():
            cpus.extend(range(int(first), int(last or first) + 1))
    return tuple(cpus)


def numbered(folder: Path, prefix: str) -> list[tuple[int, Path]]:
    """The entries `prefix` + number of a folder, in the order of their numbers."""
    found = []
    try:
        for entry in folder.iterdir():
            number = entry.name.removeprefix(prefix)
            if entry.name.startswith(prefix) and number.isdigit():
                found.append((int(number), entry))
    except OSError:
        return []
    return sorted(found)
