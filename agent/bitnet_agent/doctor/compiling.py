"""A compiler that really compiles, as torch will ask it to."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from ..errors import EnvironmentFaultError
from ..machine.compiler import Compiler, find_compiler
from .finding import Finding, found

_SOURCE = """\
#include <Python.h>
#include <cmath>
extern "C" double probe(double x) { return std::sqrt(x) + PY_MAJOR_VERSION; }
"""
_PATIENCE_S = 20.0  # a virus scanner may look at what was compiled


def look_at_compiler() -> tuple[Finding, Compiler | None]:
    """Find the compiler and let it compile a program of three lines, as torch will let it."""
    stated = os.environ.get("CXX")
    header = Path(sysconfig.get_path("include")) / "Python.h"
    try:
        compiler = find_compiler()
    except EnvironmentFaultError as error:
        if "header" in error.message and not header.is_file():
            return found("headers-missing"), None
        return found("compiler-misnamed", name=stated) if stated else found("compiler-missing"), None
    try:
        reason = _compile(compiler)
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = type(error).__name__
    if reason is not None:
        return found("compiler-fails", version=compiler.version, reason=reason), compiler
    return found("compiler-works", version=compiler.version), compiler


def _compile(compiler: Compiler) -> str | None:
    """The compiler's complaint, or None."""
    include = sysconfig.get_path("include")
    with tempfile.TemporaryDirectory(prefix="bitnet-doctor-") as folder:
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
