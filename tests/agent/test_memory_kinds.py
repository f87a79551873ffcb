"""What memory is made of, and the memory of children, each shown by taking some of that kind."""

from __future__ import annotations

import gc
import mmap
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bitnet_agent.machine.memory import kinds as memory_kinds
from bitnet_agent.machine.memory import resident as memory
from bitnet_agent.machine.memory.children import children_mb, watch_children
from bitnet_agent.machine.memory.kinds import KindsNow, kinds_between, read_kinds
from bitnet_agent.machine.memory.resident import watch_memory
from bitnet_report import MB

pytestmark = pytest.mark.agent
linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc/self/status")

TAKEN_MB = 200


def touch(block: mmap.mmap) -> None:
    for at in range(0, len(block), mmap.PAGESIZE):
        block[at]


def anonymous() -> mmap.mmap:
    block = mmap.mmap(-1, TAKEN_MB * MB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for at in range(0, len(block), mmap.PAGESIZE):
        block[at] = 1
    return block


@linux
def test_an_allocation_is_anonymous():
    gc.collect()  # what an earlier test left is not freed inside the span
    with watch_memory() as seen:
        block = anonymous()
    kinds = seen.kinds
    assert kinds is not None
    assert kinds.anonymous_after_mb - kinds.anonymous_before_mb == pytest.approx(TAKEN_MB, rel=0.01)
    assert kinds.file_after_mb == pytest.approx(kinds.file_before_mb, abs=2)
    # Huge pages are taken by fewer faults; without them it is one a page.
    assert kinds.minor_faults >= TAKEN_MB // 2
    assert kinds.major_faults >= 0
    block.close()


@linux
def test_a_mapped_file_is_file_backed(tmp_path):
    path = tmp_path / "weights"
    with path.open("wb") as file:
        for _ in range(TAKEN_MB):
            file.write(os.urandom(MB))
    gc.collect()
    with path.open("rb") as file, watch_memory() as seen:
        block = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        touch(block)
    kinds = seen.kinds
    assert kinds is not None
    assert kinds.file_after_mb - kinds.file_before_mb == pytest.approx(TAKEN_MB, rel=0.01)
    assert kinds.anonymous_after_mb == pytest.approx(kinds.anonymous_before_mb, abs=2)
    block.close()


def test_the_split_is_read_exactly(tmp_path):
    status = tmp_path / "status"
    sizes = {"VmRSS": 7168, "RssAnon": 2048, "RssFile": 4096, "RssShmem": 1024, "VmSwap": 512}
    status.write_text("".join(f"{name}:\t{size:8} kB\n" for name, size in sizes.items()))
    now = read_kinds(status)
    if sys.platform != "win32":
        assert now is not None
        assert (now.anonymous_mb, now.file_mb, now.swap_mb) == (2.0, 5.0, 0.5)


def test_faults_and_cpu_time_are_those_between_the_two_readings():
    before, after = KindsNow(1.0, 2.0, 0.0, 5, 100, 90.0, 40.0), KindsNow(3.0, 2.0, 0.5, 7, 150, 95.0, 47.0)
    kinds = kinds_between(before, after)
    assert kinds is not None
    assert (kinds.major_faults, kinds.minor_faults) == (2, 50)
    assert (kinds.user_cpu_ms, kinds.system_cpu_ms) == (5.0, 7.0)
    assert (kinds.anonymous_before_mb, kinds.anonymous_after_mb) == (1.0, 3.0)
    assert (kinds.swap_before_mb, kinds.swap_after_mb) == (0.0, 0.5)


@pytest.mark.parametrize("content", [None, "VmRSS:\t 7168 kB\n"], ids=["no /proc", "a kernel before 4.5"])
def test_where_the_system_does_not_tell_there_is_no_split(tmp_path, monkeypatch, content):
    status = tmp_path / "status"
    if content:
        status.write_text(content)
    monkeypatch.setattr(memory, "read_kinds", lambda: memory_kinds.read_kinds(status))
    with watch_memory() as seen:
        pass
    assert seen.kinds is None
    assert seen.after_mb > 0


CHILD = """
import mmap, sys
block = mmap.mmap(-1, {megabytes} * 2**20)
for at in range(0, len(block), mmap.PAGESIZE): block[at] = 1
print("ready", flush=True)
sys.stdin.read()
"""


def child(megabytes: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", CHILD.format(megabytes=megabytes)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"ready"
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    process.communicate(b"")


def test_a_childs_memory_counts_and_goes_with_it():
    before = children_mb()
    process = child(100)
    assert 100 <= children_mb() - before < 130
    end(process)
    assert children_mb() - before < 10


def test_the_highest_of_a_childs_memory_is_kept():
    before = children_mb()
    with watch_children() as seen:
        process = child(100)
        while seen.peak_mb - before < 100:  # the sampler comes round within 50 ms
            assert process.poll() is None
        end(process)
    assert 100 <= seen.peak_mb - before < 130


def test_a_large_child_counts_without_the_slow_walk(monkeypatch):
    from bitnet_agent.machine.memory import children

    monkeypatch.setattr(children, "_CHEAP_MB", 10)
    monkeypatch.setattr(children, "_proportional_mb", lambda pid: pytest.fail("walked"))
    process = child(100)
    assert children_mb() >= 100
    end(process)


def test_watching_ends_with_its_block_even_if_that_fails():
    import threading

    with pytest.raises(KeyError), watch_children():
        raise KeyError
    assert not any(thread.name == "children-sampler" for thread in threading.enumerate())


def test_no_file_is_left_where_processes_have_ended():
    from bitnet_agent.machine.memory.children import _proportional_mb

    assert _proportional_mb(2**22 + 1) is None
    assert not Path(f"/proc/{2**22 + 1}").exists()
