"""The memory around a stage: before, after, and the peak inside it."""

from __future__ import annotations

import gc
import mmap
import sys
import threading
import time

import psutil
import pytest

from bitnet_agent.machine.memory import resident as memory
from bitnet_agent.machine.memory.resident import resident_mb, watch_memory
from bitnet_report import MB

pytestmark = pytest.mark.agent

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps an exact peak (VmHWM)")


def allocated(megabytes: int) -> mmap.mmap:
    """So many MB, every page of them written to."""
    block = mmap.mmap(-1, megabytes * MB)
    for at in range(0, len(block), mmap.PAGESIZE):
        block[at] = 1
    return block


@linux
def test_a_peak_inside_a_stage_is_seen_exactly():
    gc.collect()  # what an earlier test left is not freed inside the span
    with watch_memory() as seen:
        block = allocated(300)
        block.close()
    assert seen.peak_source == "VmHWM"
    assert seen.peak_mb - seen.before_mb == pytest.approx(300, rel=0.01)
    assert seen.after_mb == pytest.approx(seen.before_mb, abs=3)


@linux
def test_the_peak_of_an_earlier_stage_does_not_come_back():
    allocated(300).close()
    gc.collect()
    with watch_memory() as seen:
        pass
    assert seen.peak_mb == pytest.approx(seen.before_mb, abs=3)


@linux
def test_memory_that_stays_is_in_after_and_in_the_peak():
    gc.collect()
    with watch_memory() as seen:
        block = allocated(100)
    assert seen.after_mb - seen.before_mb == pytest.approx(100, rel=0.02)
    assert seen.peak_mb >= seen.after_mb
    block.close()


@pytest.mark.parametrize("lacking", ["_CLEAR_REFS", "_STATUS"])
def test_without_an_exact_peak_it_is_sampled_and_says_so(monkeypatch, tmp_path, lacking):
    monkeypatch.setattr(memory, lacking, tmp_path / "no-proc" / "file")
    samples = threading.Semaphore(0)

    class Counted(psutil.Process):
        def memory_info(self):
            info = super().memory_info()
            samples.release()
            return info

    monkeypatch.setattr(memory.psutil, "Process", Counted)
    gc.collect()
    with watch_memory() as seen:
        block = allocated(300)
        while samples.acquire(blocking=False):
            pass
        for _ in range(2):  # the second of them began after the allocation, however slow this machine is
            assert samples.acquire(timeout=60)
        block.close()
    assert seen.peak_source == "sampled"
    assert seen.peak_mb - seen.before_mb == pytest.approx(300, rel=0.02)


def test_the_sampler_ends_with_the_stage_even_if_that_fails(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "_CLEAR_REFS", tmp_path / "no-proc" / "file")
    with pytest.raises(KeyError), watch_memory():
        raise KeyError
    deadline = time.monotonic() + 30
    while any(thread.name == "memory-sampler" for thread in threading.enumerate()):
        assert time.monotonic() < deadline


def test_the_resident_set_is_the_systems_own_figure(monkeypatch, tmp_path):
    expected = psutil.Process().memory_info().rss / MB
    assert resident_mb() == pytest.approx(expected, abs=5)
    monkeypatch.setattr(memory, "_STATUS", tmp_path / "no-proc" / "file")
    assert resident_mb() == pytest.approx(expected, abs=5)
