"""Memory of the processes that this one started (torch's compile workers), counted apart from its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bitnet_report import MB

from ..kernel_files import read_text

_INTERVAL_S = 0.05
_REST_PER_WORK = 20
"""The sampler rests so many times as long as a sample took, so that it takes 5 % of a core at most."""
_CHEAP_MB = 512
"""Up to this resident set the kernel's walk over the pages (for the proportional set) takes a few ms."""


@dataclass
class ChildrenMemory:
    """The highest sum over all children seen so far, in MB of 2**20 bytes."""

    peak_mb: float = 0.0


def children_mb() -> float:
    """Memory of all living descendants, in MB of 2**20 bytes.

    Shared pages are divided among those that share them (PSS) where that is cheap to know; a large process,
    and every process outside of Linux, counts with its whole resident set.
    """
    total = 0.0
    try:
        family = psutil.Process().children(recursive=True)
    except psutil.Error:
        return total
    for child in family:
        try:
            resident = child.memory_info().rss / MB
        except psutil.Error:
            continue  # it has ended
        share = _proportional_mb(child.pid) if resident <= _CHEAP_MB else None
        total += resident if share is None else share
    return total


@contextmanager
def watch_children() -> Iterator[ChildrenMemory]:
    """Sample the children's memory while the block runs, from a thread: for what is not timed."""
    memory = ChildrenMemory()
    done = threading.Event()

    def sample() -> float:
        start = time.perf_counter()
        memory.peak_mb = max(memory.peak_mb, children_mb())
        return time.perf_counter() - start

    def run() -> None:
        taken_s = 0.0
        while not done.wait(max(_INTERVAL_S, _REST_PER_WORK * taken_s)):
            taken_s = sample()

    thread = threading.Thread(target=run, name="children-sampler", daemon=True)
    thread.start()
    try:
        yield memory
    finally:
        done.set()
        thread.join()
        sample()


def _proportional_mb(pid: int) -> float | None:
    for line in read_text(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return None
