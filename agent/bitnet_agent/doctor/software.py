"""The software that runs the model: its versions, and torch's cache of compiled code."""

from __future__ import annotations

import getpass
import os
import re
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from .finding import Finding, found

_NAMED = ("torch", "transformers")
_PINS = Path(__file__).parents[3] / "constraints.txt"  # in a checkout; an installed package has none


def look_at_cache() -> Finding:
    """Tell whether torch's Inductor has compiled anything for this user before."""
    stated = os.environ.get("TORCHINDUCTOR_CACHE_DIR")
    user = re.sub(r'[\\/:*?"<>|]', "_", getpass.getuser())
    folder = Path(stated) if stated else Path(tempfile.gettempdir()) / f"torchinductor_{user}"
    graphs = folder / "fxgraph"
    warm = graphs.is_dir() and any(graphs.iterdir())
    return found("cache-warm" if warm else "cache-cold")


def look_at_versions() -> Iterator[Finding]:
    """Hold what is installed against what the package needs, and against what was tested."""
    least, tested, fine = _least_versions(), _tested_versions(), []
    for package in dict.fromkeys([*_NAMED, *least]):
        try:
            installed = version(package)
        except PackageNotFoundError:
            yield found("version-missing", package=package)
            continue
        if package in least and _numbers(installed) < _numbers(least[package]):
            yield found("version-old", package=package, version=installed, least=least[package])
        elif package in _NAMED and package in tested and _release(installed) not in tested[package]:
            yield found(
                "version-untested", package=package, version=installed, tested=" / ".join(tested[package])
            )
        elif package in _NAMED:
            fine.append(f"{package} {installed}")
    if fine:
        yield found("versions-fine", versions=", ".join(fine))


def _least_versions() -> dict[str, str]:
    """What the extra [agent] asks for, from the installed package's own metadata."""
    try:
        stated = requires("bitnet-profiler") or []
    except PackageNotFoundError:
        return {}
    lines = [re.fullmatch(r"([\w-]+)>=([\d.]+)\s*;.*extra == ['\"]agent['\"]", line) for line in stated]
    return {line[1]: line[2] for line in lines if line}


def _tested_versions() -> dict[str, list[str]]:
    tested: dict[str, list[str]] = {}
    try:
        lines = _PINS.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    for line in lines:
        pin = re.match(r"([\w-]+)==([^\s;]+)", line)
        if pin:
            tested.setdefault(pin[1], []).append(pin[2])
    return tested


def _release(text: str) -> str:
    return text.partition("+")[0]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", _release(text))[:3])
