"""Resident memory of this process, and its exact peak where the kernel keeps one.

On Linux, writing 5 to `/proc/self/clear_refs` resets `VmHWM` to the present resident set, so that
reading it after a stage gives the stage's own peak (proc(5)). Elsewhere a thread samples the resident
set, which can miss a short peak; the reading says which of the two it is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

from bitnet_report import MB, MemoryKinds

from .kinds import kinds_between, read_kinds

_SAMPLING_INTERVAL_S = 0.005
_CLEAR_REFS = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")

PeakSource = Literal["VmHWM", "sampled"]


@dataclass
class StageMemory:
    """Resident set (MB of 2**20 bytes) before and after a stage, and its peak inside it.

    `kinds` says what it was made of, and the page faults; None where the system does not tell.
    """

    before_mb: float
    after_mb: float = 0.0
    peak_mb: float = 0.0
    peak_source: PeakSource = "sampled"
    kinds: MemoryKinds | None = None


@contextmanager
def watch_memory() -> Iterator[StageMemory]:
    """Read memory around the block; the fields after and peak hold once the block is left."""
    memory = StageMemory(before_mb=resident_mb())
    kinds = read_kinds()
    if _reset_peak():
        yield memory
        memory.peak_mb = _status_mb("VmHWM")
        memory.peak_source = "VmHWM"
    else:
        with _sampling() as sampler:
            yield memory
        memory.peak_mb = sampler.peak_mb
    memory.kinds = kinds_between(kinds, read_kinds())
    memory.after_mb = resident_mb()
    # Counters are settled per CPU (mm/percpu_counter), so two reads may disagree by some pages.
    memory.peak_mb = max(memory.peak_mb, memory.before_mb, memory.after_mb)


def resident_mb() -> float:
    """The resident set (RSS) of this process now, in MB of 2**20 bytes."""
    try:
        return _status_mb("VmRSS")
    except (OSError, ValueError):
        return float(psutil.Process().memory_info().rss) / MB


def _reset_peak() -> bool:
    try:
        _CLEAR_REFS.write_text("5", encoding="ascii")
        _status_mb("VmHWM")
    except (OSError, ValueError):
        return False
    return True


def _status_mb(key: str) -> float:
    """Read a line such as `VmHWM:  5120 kB` of /proc/self/status."""
    for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"{_STATUS} has no {key}")


class _Sampler:
    def __init__(self) -> None:
        self.peak_mb = 0.0
        self._process = psutil.Process()
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(_SAMPLING_INTERVAL_S):
            self.sample()

    def sample(self) -> None:
        self.peak_mb = max(self.peak_mb, self._process.memory_info().rss / MB)

    def stop(self) -> None:
        self._done.set()


@contextmanager
def _sampling() -> Iterator[_Sampler]:
    sampler = _Sampler()
    thread = threading.Thread(target=sampler.run, name="memory-sampler", daemon=True)
    thread.start()
    try:
        yield sampler
    finally:
        sampler.stop()
        thread.join()
        sampler.sample()
