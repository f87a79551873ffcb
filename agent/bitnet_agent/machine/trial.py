"""A compiler that answers is not yet one that compiles."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from .compiler import Compiler

_SOURCE = """\
#include <Python.h>
#include <cmath>
extern "C" double probe(double x) { return std::sqrt(x) + PY_MAJOR_VERSION; }
"""
_PATIENCE_S = 60.0  # under a second, but a virus scanner may look at it and the machine be busy


def complaint_of(compiler: Compiler) -> str | None:
    """Let the compiler make a library of three lines, as torch will let it: its complaint, or None."""
    try:
        return _compile(compiler)
    except (OSError, subprocess.TimeoutExpired) as error:
        return type(error).__name__


def _compile(compiler: Compiler) -> str | None:
    include = sysconfig.get_path("include")
    with tempfile.TemporaryDirectory(prefix="bitnet-compiler-") as folder:
        source = Path(folder) / "probe.cpp"
        source.write_text(_SOURCE, encoding="ascii")
        if sys.platform == "win32":
            options = ["/nologo", "/c", "/std:c++17", f"/I{include}", "/Foprobe.obj"]
        else:
            shared = ["-undefined", "dynamic_lookup"] if sys.platform == "darwin" else ["-fopenmp"]
            options = ["-std=c++17", "-shared", "-fPIC", *shared, f"-I{include}", "-o", "probe.so"]
        done = subprocess.run(  # noqa: S603 - the compiler that the model needs anyway
            [str(Path(compiler.path).absolute()), *options, str(source)],
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE_S,
            check=False,
        )
        if done.returncode == 0:
            return None
        lines = (done.stderr or done.stdout).strip().splitlines() or [f"exit code {done.returncode}"]
        # The first line that names an error; where the file lay says nothing.
        telling = next((line for line in lines if "error" in line.lower()), lines[0])
        return telling.replace(str(source), source.name)[:200]
