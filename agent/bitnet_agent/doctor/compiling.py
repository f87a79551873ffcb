"""A compiler that really compiles, as torch will ask it to."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

from ..errors import EnvironmentFaultError
from ..machine.compiler import Compiler, find_compiler
from ..machine.trial import complaint_of
from .finding import Finding, found


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
    reason = complaint_of(compiler)
    if reason is not None:
        return found("compiler-fails", version=compiler.version, reason=reason), compiler
    return found("compiler-works", version=compiler.version), compiler
