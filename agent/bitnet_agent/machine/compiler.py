"""The C++ compiler that the model cannot run without.

`@torch.compile` sits inside transformers' BitNet layers, so the first forward compiles C++ against
Python's own headers; without either it ends in a page of torch's traceback.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from ..errors import EnvironmentFaultError

_WINDOWS_REMEDY = "install the Visual Studio Build Tools with C++, and run from their developer prompt"
_MAC_REMEDY = "run `xcode-select --install`"
_LINUX_REMEDY = "install one, for example `sudo apt install g++` or `sudo dnf install gcc-c++`, or set CXX"


@dataclass(frozen=True)
class Compiler:
    """A compiler as found: `path` to run it, `version` as its first line says."""

    path: str
    version: str


def find_compiler() -> Compiler:
    """Find the compiler that torch's Inductor would use, and Python's headers.

    Raises:
        EnvironmentFaultError: one of them is missing; the remedy names the package.
    """
    path = next((found for name in _candidates() if (found := shutil.which(name))), None)
    if path is None:
        raise EnvironmentFaultError(
            "no C++ compiler was found, and the published model compiles its quantisation when it first runs",
            _remedy(),
        )
    header = Path(sysconfig.get_path("include")) / "Python.h"
    if sys.platform == "linux" and not header.is_file():
        raise EnvironmentFaultError(
            "Python's own C headers are missing, and the model's compiled quantisation needs them",
            "install them, for example `sudo apt install python3-dev`",
        )
    version = _version(path)
    if version is None:
        raise EnvironmentFaultError(
            f"the C++ compiler {Path(path).name} cannot be run, and the published model needs it", _remedy()
        )
    return Compiler(path, version)


def _candidates() -> list[str]:
    # torch._inductor.config.cpp.cxx: $CXX, else g++ (clang++ on macOS, cl on Windows).
    stated = os.environ.get("CXX")
    if stated:
        return [stated]
    if sys.platform == "win32":
        return ["cl"]
    return ["clang++"] if sys.platform == "darwin" else ["g++"]


def _remedy() -> str:
    stated = os.environ.get("CXX")
    if stated:
        return f"CXX names {stated!r}, which cannot be run: correct or unset it"
    return {"win32": _WINDOWS_REMEDY, "darwin": _MAC_REMEDY}.get(sys.platform, _LINUX_REMEDY)


def _version(path: str) -> str | None:
    """What the compiler says of itself, or None where it does not run (as macOS' `clang++` without Xcode)."""
    try:
        # cl knows no --version, but prints its banner on standard error.
        arguments = [path] if sys.platform == "win32" else [path, "--version"]
        answer = subprocess.run(  # noqa: S603 - the program that the member's own PATH names
            arguments, capture_output=True, text=True, timeout=20, check=False, errors="replace"
        )
    except subprocess.TimeoutExpired:
        return Path(path).name
    except OSError:
        return None
    if answer.returncode != 0 and sys.platform != "win32":
        return None
    lines = (answer.stdout or answer.stderr).strip().splitlines()
    return lines[0].strip()[:200] if lines else Path(path).name
