"""The clock: which source is taken, what it gives exactly, and what happens where it is missing."""

from __future__ import annotations

import errno
import os
import platform
import stat
import sys
import threading
import time
from pathlib import Path

import pytest

from bitnet_agent.machine.clock.clock import Clock, ClockReading
from bitnet_agent.machine.clock.kernel_clock import find_kernel_clock
from bitnet_agent.machine.clock.perf_cycles import CycleCounter, find_cycle_counter
from bitnet_agent.machine.clock.perf_events import CPU_CYCLES, Count, PerfEvents
from bitnet_agent.machine.clock.pinned_threads import own_cpus
from bitnet_agent.machine.clock.probe import build_chain, build_probe
from bitnet_agent.machine.clock.time_stamp import is_time_stamp_rate, reported_mhz, stated_tsc_mhz
from bitnet_agent.machine.compiler import Compiler, find_compiler

pytestmark = pytest.mark.agent
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's own files")
no_windows = pytest.mark.skipif(sys.platform == "win32", reason="no inline assembly there")


def chain_at(mhz: float):
    """A probe that runs 64 cycles a round at that clock."""
    return lambda rounds: 64 * rounds / mhz * 1000


class FakeEvents(PerfEvents):
    """Counters at given clocks; `refuses` says which openings the system refuses, and with what."""

    def __init__(self, *, mhz=4100.0, reference_mhz=2600.0, running_ns=10**9, refuses=lambda **_: None):
        self.mhz, self.reference_mhz, self.running_ns, self.refuses = mhz, reference_mhz, running_ns, refuses
        self.opened: dict[int, int] = {}
        self.threads: list[int] = []
        self.left_open: set[int] = set()

    def open(self, event, thread, *, user_only, group=-1, pmu=0):
        code = self.refuses(event=event, user_only=user_only, thread=thread)
        if code:
            raise OSError(code, os.strerror(code))
        descriptor = len(self.opened) + 100
        self.opened[descriptor] = event
        self.threads.append(thread)
        self.left_open.add(descriptor)
        return descriptor

    def read(self, descriptor):
        mhz = self.mhz if self.opened[descriptor] == CPU_CYCLES else self.reference_mhz
        return Count(int(mhz * self.running_ns / 1000), self.running_ns)

    def close(self, descriptor):
        self.left_open.remove(descriptor)


def task_tree(root: Path, *threads: int) -> Path:
    for thread in threads:
        (root / f"proc/self/task/{thread}").mkdir(parents=True)
    return root


def clock_tree(root: Path, name: str, khz: dict[int, int], flags: str = "") -> Path:
    for cpu, value in khz.items():
        folder = root / f"sys/devices/system/cpu/cpu{cpu}/cpufreq"
        folder.mkdir(parents=True)
        (folder / name).write_text(f"{value}\n")
    (root / "proc").mkdir(exist_ok=True)
    (root / "proc/cpuinfo").write_text(f"processor\t: 0\nflags\t\t: fpu tsc {flags}\n")
    return root


def clock_of(**sources) -> Clock:
    nothing = {"stated_mhz": None, "advertised_mhz": None, "chain": None, "threads": 1}
    return Clock(**nothing | sources)


def test_the_tiers_fall_through_in_their_order(tmp_path):
    cpus = own_cpus() or (0,)
    root = clock_tree(tmp_path / "sys", "cpuinfo_avg_freq", dict.fromkeys(cpus, 3_900_000))
    kernel = find_kernel_clock(cpus, root, busy=lambda: None)
    counter = CycleCounter(FakeEvents(mhz=4200.0), None, root=task_tree(tmp_path / "tasks", 1))
    sources = {
        "stated_mhz": 3000.0,
        "counter": counter,
        "kernel": kernel,
        "chain": chain_at(4100),
        "advertised_mhz": 2600.0,
    }
    seen = []
    while sources:
        reading = clock_of(**sources).start().stop()
        seen.append((reading.source, round(reading.mhz or 0)))
        sources.pop(next(iter(sources)))
    if sys.platform == "linux":
        assert seen == [
            ("stated", 3000), ("perf-cycles", 4200), ("cpuinfo_avg_freq", 3900), ("dependent-chain", 4100),
            ("advertised", 2600),
        ]  # fmt: skip
    assert clock_of().start().stop() == ClockReading(None, None)


def test_a_span_has_the_clock_before_and_after_it():
    mhz = [4000.0]
    clock = clock_of(chain=lambda rounds: 64 * rounds / mhz[0] * 1000)
    with clock.around() as meter:
        mhz[0] = 3000.0
    assert meter.reading == ClockReading(
        pytest.approx(3500), "dependent-chain", pytest.approx(3000), pytest.approx(4000)
    )


def test_what_is_not_measured_has_no_before_and_after():
    assert clock_of(advertised_mhz=2600.0).start().stop() == ClockReading(2600.0, "advertised")
    assert clock_of(stated_mhz=3000.0, chain=chain_at(4000)).start().stop() == ClockReading(3000.0, "stated")


def test_an_interruption_of_some_probes_is_no_slower_clock():
    calls = iter(range(10**6))
    clock = clock_of(chain=lambda rounds: chain_at(4100)(rounds) * (5 if next(calls) % 3 == 0 else 1))
    assert clock.read().mhz == pytest.approx(4100)


# perf-cycles


def test_cycles_are_divided_by_the_time_that_the_threads_ran(tmp_path):
    events = FakeEvents(mhz=4123.0, running_ns=250_000_000)
    counting = CycleCounter(events, None, root=task_tree(tmp_path, 11, 12, 13)).start()
    assert counting is not None
    assert events.threads == [11, 12, 13]
    assert counting.stop() == pytest.approx(4123.0)
    assert not events.left_open


def test_user_mode_alone_is_measured_against_reference_cycles(tmp_path):
    """With the kernel's share uncounted, cycles ÷ time would be 30 % too low."""
    events = FakeEvents(
        mhz=0.7 * 4000.0,
        reference_mhz=0.7 * 2600.0,
        refuses=lambda user_only, **_: None if user_only else errno.EACCES,
    )
    counter = find_cycle_counter(2600.0, events, task_tree(tmp_path, 1))
    assert counter is not None
    assert counter.reference_mhz == 2600.0
    counting = counter.start()
    assert counting is not None
    assert counting.stop() == pytest.approx(4000.0)


@pytest.mark.parametrize(
    "events",
    [
        FakeEvents(refuses=lambda **_: errno.ENOENT),
        FakeEvents(refuses=lambda **_: errno.EPERM),
        FakeEvents(refuses=lambda user_only, event, **_: (not user_only or event > 0) * errno.EACCES),
        FakeEvents(mhz=0.0),
        FakeEvents(running_ns=0),
    ],
    ids=["no counter", "forbidden", "user mode without reference", "counts nothing", "never runs"],
)  # fmt: skip
def test_counters_that_do_not_work_are_left_out(events, tmp_path):
    assert find_cycle_counter(2600.0, events, task_tree(tmp_path, 1)) is None
    assert not events.left_open


def test_a_thread_that_has_ended_is_passed_over(tmp_path):
    events = FakeEvents(refuses=lambda thread, **_: errno.ESRCH if thread == 12 else None)
    counting = CycleCounter(events, None, root=task_tree(tmp_path, 11, 12)).start()
    assert counting is not None
    assert counting.stop() == pytest.approx(4100.0)


def test_the_real_system_call_counts_or_is_absent():
    """Virtual machines mostly have no such counter; nothing may be raised either way."""
    counter = find_cycle_counter(None)
    if counter is not None:
        assert 100 < (clock_of(counter=counter).read().mhz or 0) < 10_000


@linux
def test_the_real_system_call_counts_every_thread(monkeypatch):
    """With the kernel's own task clock in place of cycles it works without hardware: 1000 'MHz'."""
    from bitnet_agent.machine.clock import perf_cycles, perf_events

    monkeypatch.setattr(perf_events, "_TYPE_HARDWARE", 1)  # PERF_TYPE_SOFTWARE
    monkeypatch.setattr(perf_cycles, "CPU_CYCLES", 1)  # PERF_COUNT_SW_TASK_CLOCK, in ns
    started_ns = time.perf_counter_ns()
    counting = CycleCounter(PerfEvents(), None).start()
    if counting is None:
        pytest.skip("perf_event_open is forbidden here")
    before = time.process_time_ns()
    thread = threading.Thread(target=lambda: sum(x * x for x in range(1_000_000)))
    thread.start()
    thread.join()  # one of the two threads runs at a time
    spent_ns = time.process_time_ns() - before
    counted = sum(counting.events.read(descriptor).events for descriptor in counting.cycles)
    passed_ns = time.perf_counter_ns() - started_ns
    assert counting.stop() == pytest.approx(1000, rel=0.01)
    # What a hypervisor takes is in the task clock and in the time passed, not in the time spent.
    assert 0.95 * spent_ns <= counted <= 1.05 * passed_ns


@pytest.mark.parametrize(
    ("system", "processor"), [("darwin", "arm64"), ("win32", "AMD64"), ("linux", "unheard")]
)
def test_other_systems_have_no_such_call(monkeypatch, system, processor):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: processor)
    assert find_cycle_counter(2600.0) is None


def test_without_affinity_and_without_sysfs_the_chain_still_measures(monkeypatch, tmp_path):
    """As on macOS: no processor has a number there."""
    for name in ("sched_getaffinity", "sched_setaffinity"):
        monkeypatch.delattr(os, name, raising=False)
    assert find_kernel_clock((), tmp_path) is None
    assert clock_of(chain=chain_at(3200), threads=3).read() == ClockReading(
        pytest.approx(3200), "dependent-chain"
    )


def test_on_windows_there_is_no_probe(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    assert build_probe(Compiler("cl", "cl 19")) is None


# The kernel's own figures


@linux
def test_the_kernels_average_is_the_median_of_the_working_cores(tmp_path):
    cpus = tuple(sorted(os.sched_getaffinity(0)))
    root = clock_tree(tmp_path, "cpuinfo_avg_freq", {cpu: 3_000_000 + 1000 * cpu for cpu in cpus} | {999: 1})
    clock = find_kernel_clock(cpus, root, busy=lambda: None)
    assert clock is not None
    expected = 3000 + sum(cpus) / len(cpus) if len(cpus) == 2 else 3000 + sorted(cpus)[len(cpus) // 2]
    assert clock.sample_mhz(len(cpus), cpus) == pytest.approx(expected)


@linux
@pytest.mark.parametrize(("flags", "found"), [("aperfmperf", "scaling_cur_freq"), ("constant_tsc", None)])
def test_a_requested_frequency_is_no_measurement(tmp_path, flags, found):
    cpus = tuple(os.sched_getaffinity(0))
    root = clock_tree(tmp_path, "scaling_cur_freq", dict.fromkeys(cpus, 2_000_000), flags)
    clock = find_kernel_clock(cpus, root, busy=lambda: None)
    assert (clock.source if clock else None) == found


# The native probe


@no_windows
def test_the_probe_measures_and_costs_little():
    chain = build_chain(find_compiler())
    cycles: list[int] = []

    def counted(rounds: int) -> float:
        cycles.append(64 * rounds)
        return chain(rounds)

    clock = clock_of(chain=counted, threads=2)
    clock.read()
    readings = [clock.read() for _ in range(7)]
    assert all(reading.source == "dependent-chain" for reading in readings)
    assert 400 < sorted(reading.mhz or 0 for reading in readings)[3] < 7000
    # Eight readings on two threads at once; a reading takes 15 ms where the clock is 1 GHz, and 5 at 3 GHz.
    assert sum(cycles) / (8 * 2) <= 15e-3 * 1e9


@linux
def test_measuring_leaves_the_affinity_alone():
    before = os.sched_getaffinity(0)
    clock_of(chain=chain_at(4000), threads=2).read()
    assert os.sched_getaffinity(0) == before


@no_windows
def test_without_a_working_compiler_there_is_no_probe(tmp_path, monkeypatch):
    monkeypatch.setenv("BITNET_AGENT_CACHE", str(tmp_path))
    broken = tmp_path / "g++"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(broken.stat().st_mode | stat.S_IXUSR)
    assert build_probe(None) is None
    assert build_probe(Compiler(str(broken), "broken 1.0")) is None
    assert build_probe(Compiler(str(tmp_path / "absent"), "absent 1.0")) is None


@no_windows
def test_a_cache_that_cannot_be_used_is_no_obstacle(tmp_path, monkeypatch):
    """A file stands where the folder should be: as good as read-only, for root too."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BITNET_AGENT_CACHE", str(tmp_path / "file"))
    assert build_probe(find_compiler()) is not None


@no_windows
def test_a_damaged_probe_is_passed_by(tmp_path, monkeypatch):
    monkeypatch.setenv("BITNET_AGENT_CACHE", str(tmp_path))
    build_probe(Compiler(find_compiler().path, "damaged"))
    (compiled,) = (tmp_path / "probe").iterdir()
    compiled.unlink()  # not written over: it is mapped into this process
    compiled.write_bytes(b"\x7fELF no more")
    assert build_probe(Compiler(find_compiler().path, "damaged")) is not None


# The time stamp counter


def test_a_virtual_machine_that_reports_its_time_stamp_rate_is_recognised():
    """METHOD.md's case: 2596 MHz everywhere, where a chain of additions gives 4.1 GHz."""
    assert is_time_stamp_rate(2596.0, 2596.1, virtual=True, measured=4100.0) is True
    assert is_time_stamp_rate(2596.0, 2596.1, virtual=True, measured=None) is True
    assert is_time_stamp_rate(2596.0, 2596.1, virtual=False, measured=4100.0) is True
    assert is_time_stamp_rate(2596.0, 2596.1, virtual=False, measured=2600.0) is False
    assert is_time_stamp_rate(2596.0, 2596.1, virtual=False, measured=None) is None
    assert is_time_stamp_rate(4100.0, 2596.1, virtual=True, measured=4100.0) is False
    assert is_time_stamp_rate(2596.0 * 1.006, 2596.0, virtual=True, measured=4100.0) is False
    assert is_time_stamp_rate(None, 2596.0, virtual=True, measured=4100.0) is None
    assert is_time_stamp_rate(2596.0, None, virtual=True, measured=4100.0) is None


def test_without_a_compiler_the_rate_follows_from_bogomips(tmp_path):
    (tmp_path / "proc").mkdir()
    cpuinfo = tmp_path / "proc/cpuinfo"
    cpuinfo.write_text("cpu MHz\t: 2596.000\nflags\t: tsc constant_tsc hypervisor\nbogomips\t: 5192.00\n" * 2)
    assert (reported_mhz(tmp_path), stated_tsc_mhz(tmp_path)) == (2596.0, 2596.0)
    cpuinfo.write_text("cpu MHz\t\t: 2596.000\nflags\t\t: tsc\nbogomips\t: 5192.00\n")
    assert stated_tsc_mhz(tmp_path) is None
    cpuinfo.write_text("processor : 0\nBogoMIPS : 48.00\nFeatures : asimd\n")  # AArch64
    assert stated_tsc_mhz(tmp_path) is None


@linux
def test_the_measured_rate_agrees_with_the_kernels():
    probe, stated = build_probe(find_compiler()), stated_tsc_mhz()
    measured = None if probe is None else probe.tsc_mhz()
    if measured is None or stated is None:
        pytest.skip("no constant time stamp counter here")
    assert measured == pytest.approx(stated, rel=0.001)
