"""The native probe: a few lines of C, compiled on demand with the compiler that the model needs anyway."""

from __future__ import annotations

import ctypes
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from ...cache_directory import cache_directory
from ..compiler import Compiler

_TIME_STAMP_SPAN_NS = 5_000_000

Chain = Callable[[int], float]
"""Runs that many rounds of 64 dependent operations and returns the nanoseconds that they took."""


@dataclass(frozen=True)
class Probe:
    """The compiled functions: a chain of additions (one cycle each), one of multiplications (three)."""

    chain: Chain
    multiply_chain: Chain
    time_stamp_hz: Callable[[int], int]

    def tsc_mhz(self) -> float | None:
        """The measured rate of the time stamp counter; takes 5 ms."""
        return self.time_stamp_hz(_TIME_STAMP_SPAN_NS) / 1e6 or None


def build_probe(compiler: Compiler | None) -> Probe | None:
    """Compile the probe, or find it compiled; None where no compiler can (MSVC has no inline assembly).

    It is kept under a hash of its text. Where the cache cannot be written, or nothing in it can be executed,
    the system's folder for temporary files is tried.
    """
    if compiler is None or sys.platform == "win32":
        return None
    source = resources.files(__package__).joinpath("cpu_probe.c").read_bytes()
    key = hashlib.sha256(source + compiler.version.encode()).hexdigest()[:16]
    try:
        return _load(compiler, source, cache_directory() / "probe" / f"cpu_probe-{key}.so")
    except (OSError, subprocess.TimeoutExpired, AttributeError, RuntimeError):  # RuntimeError: no home
        pass
    except subprocess.CalledProcessError:
        return None  # the compiler cannot do it, wherever the result is put
    try:
        with tempfile.TemporaryDirectory(prefix="bitnet-probe-") as folder:
            return _load(compiler, source, Path(folder) / "cpu_probe.so")
    except (OSError, subprocess.SubprocessError, AttributeError):
        return None


def build_chain(compiler: Compiler | None) -> Chain | None:
    """Only the chain of additions of `build_probe`."""
    probe = build_probe(compiler)
    return None if probe is None else probe.chain


def _load(compiler: Compiler, source: bytes, library: Path) -> Probe:
    if not library.is_file():
        _compile(compiler, source, library)
    loaded = ctypes.CDLL(str(library))
    adding, multiplying, stamping = (
        loaded.dependent_chain_ns,
        loaded.multiply_chain_ns,
        loaded.time_stamp_hz,
    )
    for function in (adding, multiplying, stamping):
        function.restype = ctypes.c_uint64
        function.argtypes = [ctypes.c_uint64]
    return Probe(
        chain=lambda rounds: float(adding(rounds)),
        multiply_chain=lambda rounds: float(multiplying(rounds)),
        time_stamp_hz=lambda span_ns: int(stamping(span_ns)),
    )


def _compile(compiler: Compiler, source: bytes, library: Path) -> None:
    library.parent.mkdir(parents=True, exist_ok=True)
    half_made = library.with_suffix(f".{os.getpid()}.tmp")
    try:
        subprocess.run(  # noqa: S603 - the compiler that the model needs anyway
            [compiler.path, "-x", "c", "-O2", "-shared", "-fPIC", "-o", str(half_made), "-"],
            input=source,
            check=True,
            capture_output=True,
            timeout=60,
        )
        half_made.replace(library)
    finally:
        half_made.unlink(missing_ok=True)
