"""The core's clock: measured where it can be, and named by how it was come by.

The advertised figure and `/proc/cpuinfo` are not the clock: in a virtual machine they give the rate of the
time stamp counter, which stands still while the core turbos. The tiers, best first:

- `stated`: the member said so (`--clock-mhz`);
- `dependent-chain`: a timed chain of dependent additions on as many threads as do the work;
- `scaling_cur_freq`: the kernel's own reading of each core;
- `advertised`: the nominal figure, which is no measurement.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from statistics import median

from ..cache_directory import cache_directory
from .compiler import Compiler

_ADDITIONS_PER_ROUND = 64
_ROUNDS = 100_000  # 6.4 million cycles: about 2 ms at 3 GHz
_PROBES = 5

Chain = Callable[[int], float]
"""Runs that many rounds of 64 dependent additions and returns the nanoseconds they took."""


@dataclass(frozen=True)
class ClockReading:
    """A clock (MHz) and where it comes from; None where nothing is known."""

    mhz: float | None
    source: str | None


class Clock:
    """Reads the clock of the cores that do the work, as often as asked."""

    def __init__(
        self, *, stated_mhz: float | None, advertised_mhz: float | None, chain: Chain | None, threads: int
    ) -> None:
        """Keep the sources; `chain` None means that no native probe could be built."""
        self._stated_mhz = stated_mhz
        self._advertised_mhz = advertised_mhz
        self._chain = chain
        self._threads = threads

    def read(self) -> ClockReading:
        """Read the clock once, by the best source there is; takes about 10 ms."""
        if self._stated_mhz is not None:
            return ClockReading(self._stated_mhz, "stated")
        if self._chain is not None:
            return ClockReading(_chain_mhz(self._chain, self._threads), "dependent-chain")
        current = _scaling_cur_mhz()
        if current is not None:
            return ClockReading(current, "scaling_cur_freq")
        if self._advertised_mhz is not None:
            return ClockReading(self._advertised_mhz, "advertised")
        return ClockReading(None, None)


def build_chain(compiler: Compiler | None) -> Chain | None:
    """Compile the probe, or find it compiled; None where no compiler can (MSVC has no inline assembly)."""
    if compiler is None or sys.platform == "win32":
        return None
    source = resources.files(__package__).joinpath("cpu_probe.c").read_bytes()
    key = hashlib.sha256(source + compiler.version.encode()).hexdigest()[:16]
    library = cache_directory() / "probe" / f"cpu_probe-{key}.so"
    try:
        if not library.is_file():
            _compile(compiler, source, library)
        function = ctypes.CDLL(str(library)).dependent_chain_ns
    except (OSError, subprocess.SubprocessError, AttributeError):
        return None
    function.restype = ctypes.c_uint64
    function.argtypes = [ctypes.c_uint64]
    return lambda rounds: float(function(rounds))


def _compile(compiler: Compiler, source: bytes, library: Path) -> None:
    library.parent.mkdir(parents=True, exist_ok=True)
    text = library.with_suffix(".c")
    text.write_bytes(source)
    half_made = library.with_suffix(f".{os.getpid()}.tmp")
    subprocess.run(  # noqa: S603 - the compiler that the model needs anyway
        [compiler.path, "-x", "c", "-O2", "-shared", "-fPIC", "-o", str(half_made), str(text)],
        check=True,
        capture_output=True,
        timeout=60,
    )
    half_made.replace(library)


def _chain_mhz(chain: Chain, threads: int) -> float:
    """Run the chain on every thread at once; the median over threads of each thread's median probe.

    The median, since an interruption lengthens a probe, but the clock itself moves too.
    """

    def typical_ns(_: int) -> float:
        return median(chain(_ROUNDS) for _ in range(_PROBES))

    with ThreadPoolExecutor(threads) as pool:
        taken_ns = list(pool.map(typical_ns, range(threads)))
    return median(_ADDITIONS_PER_ROUND * _ROUNDS / nanoseconds * 1000 for nanoseconds in taken_ns)


def _scaling_cur_mhz() -> float | None:
    readings = []
    for file in Path("/sys/devices/system/cpu").glob("cpu[0-9]*/cpufreq/scaling_cur_freq"):
        try:
            readings.append(int(file.read_text(encoding="ascii")) / 1000)
        except (OSError, ValueError):
            continue
    return median(readings) if readings else None
