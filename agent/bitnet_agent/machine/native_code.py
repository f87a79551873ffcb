"""C that this package brings, compiled on demand with the compiler that the model needs anyway, and kept."""

from __future__ import annotations

import ctypes
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from ..cache_directory import cache_directory
from .compiler import Compiler


def load_native(
    compiler: Compiler | None, package: str, source_name: str, options: Sequence[str] = ("-O2",)
) -> ctypes.CDLL | None:
    """Compile the C file of that package, or find it compiled; None where no compiler can (MSVC cannot).

    It is kept under a hash of its text, the options and the compiler. Where the cache cannot be written, or
    nothing in it can be executed, the system's folder for temporary files is tried.
    """
    if compiler is None or sys.platform == "win32":
        return None
    source = resources.files(package).joinpath(source_name).read_bytes()
    stem = Path(source_name).stem
    given = source + compiler.version.encode() + "\0".join(options).encode()
    key = hashlib.sha256(given).hexdigest()[:16]
    try:
        return _load(compiler, source, options, cache_directory() / "probe" / f"{stem}-{key}.so")
    except (OSError, subprocess.TimeoutExpired, RuntimeError):  # RuntimeError: no home
        pass
    except subprocess.CalledProcessError:
        return None  # the compiler cannot do it, wherever the result is put
    try:
        with tempfile.TemporaryDirectory(prefix="bitnet-probe-") as folder:
            return _load(compiler, source, options, Path(folder) / f"{stem}.so")
    except (OSError, subprocess.SubprocessError):
        return None


def _load(compiler: Compiler, source: bytes, options: Sequence[str], library: Path) -> ctypes.CDLL:
    if not library.is_file():
        _compile(compiler, source, options, library)
    return ctypes.CDLL(str(library))


def _compile(compiler: Compiler, source: bytes, options: Sequence[str], library: Path) -> None:
    library.parent.mkdir(parents=True, exist_ok=True)
    half_made = library.with_suffix(f".{os.getpid()}.tmp")
    try:
        subprocess.run(  # noqa: S603 - the compiler that the model needs anyway
            [compiler.path, "-x", "c", *options, "-shared", "-fPIC", "-o", str(half_made), "-"],
            input=source,
            check=True,
            capture_output=True,
            timeout=60,
        )
        half_made.replace(library)
    finally:
        half_made.unlink(missing_ok=True)
