"""Just enough of Dockerfiles and .dockerignore to check this project's own without a Docker engine."""

from __future__ import annotations

import json
import os
import re
import shlex
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath


@dataclass(frozen=True)
class Step:
    """One instruction: its word, what follows it on one line, and the source line it starts on."""

    word: str
    rest: str
    line: int

    def arguments(self) -> list[str]:
        """The rest as separate words; the JSON form is read as JSON."""
        if self.rest.startswith("["):
            return [str(word) for word in json.loads(self.rest)]
        return shlex.split(self.rest)


def read_steps(dockerfile: Path) -> list[Step]:
    """Every instruction in order, continued lines joined, comments left out."""
    steps: list[Step] = []
    pending, start = "", 0
    for number, line in enumerate(dockerfile.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        start = start if pending else number
        if line.endswith("\\"):
            pending += line[:-1]
            continue
        word, _, rest = (pending + line).strip().partition(" ")
        steps.append(Step(word.upper(), re.sub(r" +", " ", rest.strip()), start))
        pending = ""
    return steps


def read_stages(dockerfile: Path) -> list[list[Step]]:
    """The steps, one list for each FROM."""
    stages: list[list[Step]] = []
    for step in read_steps(dockerfile):
        if step.word == "FROM":
            stages.append([])
        stages[-1].append(step)
    return stages


def context_files(root: Path) -> list[str]:
    """Paths under `root` that .dockerignore lets through to the engine."""
    files: list[str] = []
    for folder, below, names in os.walk(root):
        below[:] = [
            name for name in below if not name.startswith((".git", ".venv"))
        ]  # large, and never wanted
        files += [(Path(folder) / name).relative_to(root).as_posix() for name in names]
    return sorted(path for path in files if not is_ignored(path, root))


def is_ignored(path: str, root: Path) -> bool:
    """Tell whether .dockerignore keeps `path` from the engine: the last pattern that fits decides."""
    ignored = False
    for line in (root / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.strip()
        if pattern and not pattern.startswith("#") and _fits(path, pattern.lstrip("!").strip("/")):
            ignored = not pattern.startswith("!")
    return ignored


def _fits(path: str, pattern: str) -> bool:
    """Whether the pattern fits the path or a folder above it; `*` stops at a slash, `**/` is any folder."""
    return any(_fits_whole(part.parts, PurePosixPath(pattern).parts) for part in _and_parents(path))


def _and_parents(path: str) -> list[PurePosixPath]:
    whole = PurePosixPath(path)
    return [whole, *list(whole.parents)[:-1]]


def _fits_whole(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_fits_whole(parts[skip:], pattern[1:]) for skip in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _fits_whole(parts[1:], pattern[1:])
