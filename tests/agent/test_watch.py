"""The watch, on a machine that is made up, figure by figure; and on this one, under load."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from bitnet_agent.machine.watch.counters import System, read_counters
from bitnet_agent.machine.watch.watch import MachineWatch, watch_machine
from bitnet_report import Interference, interference_caveats

from .fake_system import PID, FakeLinux


@pytest.fixture
def linux(tmp_path) -> FakeLinux:
    return FakeLinux(tmp_path)


def watched(linux: FakeLinux, **changes: object) -> Interference:
    """What a watch of ten seconds says in which these figures became those."""
    watch = MachineWatch(linux.as_system(), load_before=0.1)
    watch.start()
    linux.seconds += 10.0
    linux.user += 1000
    linux.idle += 1000
    for name, value in changes.items():
        setattr(linux, name, value)
    linux.processes[PID][1] += 990
    linux.write()
    return watch.stop()


def codes(seen: Interference, threads: int = 2) -> list[str]:
    return [caveat.code for caveat in interference_caveats(seen, threads)]


def test_a_quiet_span_leaves_exact_figures_and_no_caveat(linux):
    seen = watched(linux)

    assert seen.wall_ms == pytest.approx(10_000)
    assert seen.cpus == 2
    assert seen.own_cores == pytest.approx(0.99)
    assert seen.other_cores == pytest.approx(0.01)
    assert seen.other_share == pytest.approx(0.005)
    assert (seen.steal_share, seen.pressure_share, seen.swapped_in_mb) == (0, 0, 0)
    assert (seen.involuntary_switches_per_s, seen.voluntary_switches_per_s, seen.migrations_per_s) == (
        0,
        0,
        0,
    )
    assert (seen.major_faults, seen.load_before) == (0, 0.1)
    # What this machine does not have is not there.
    assert seen.on_battery is seen.governor is seen.thermal_throttles is None
    assert seen.cgroup_throttled_periods is seen.temperature_after_c is None
    assert codes(seen) == []


def test_stolen_time_is_a_share_of_all_processors(linux):
    seen = watched(linux, steal=linux.steal + 100)
    assert seen.steal_share == pytest.approx(100 / 2100)
    assert codes(seen) == ["steal"]
    assert codes(seen.model_copy(update={"steal_share": 0.05})) == ["steal-heavy"]


def test_children_are_own_time_whether_alive_or_reaped(linux):
    linux.processes |= {PID + 10: [PID, 0, 0, 0, 0], PID + 11: [PID + 10, 0, 0, 0, 0], 77: [1, 5, 5, 0, 0]}
    linux.write()
    busy = {**linux.processes, PID: [1, 300, 50, 100, 10], PID + 10: [PID, 50, 0, 40, 0]}
    busy |= {PID + 11: [PID + 10, 200, 0, 0, 0], 77: [1, 300, 5, 0, 0]}
    seen = watched(linux, processes=busy, user=linux.user + 2200)

    assert seen.own_cores == pytest.approx(0.99 + 0.11 + 0.09 + 0.20)
    assert seen.other_cores == pytest.approx(2.20 - 1.39)
    assert codes(seen) == ["other-load-heavy"]


def test_switches_are_summed_over_threads_that_stayed_and_came(linux):
    threads = {PID: [110, 1010, 1001], PID + 2: [5, 200, 30]}
    watch = MachineWatch(linux.as_system(), load_before=0.0)
    watch.start()
    linux.end_thread(PID + 1)
    linux.threads, linux.seconds = threads, linux.seconds + 10
    linux.write()
    seen = watch.stop()

    assert seen.voluntary_switches_per_s == pytest.approx((10 + 5) / 10)
    assert seen.involuntary_switches_per_s == pytest.approx((1000 + 200) / 10)
    assert seen.migrations_per_s == pytest.approx((1000 + 30) / 10)
    assert codes(seen) == ["migrations", "involuntary-switches"]
    assert codes(seen, threads=8) == []


V2 = ("nr_throttled 3\nthrottled_usec 1000000\n", "nr_throttled 8\nthrottled_usec 1200000\n")
V1 = ("nr_throttled 3\nthrottled_time 1000000000\n", "nr_throttled 8\nthrottled_time 1200000000\n")


@pytest.mark.parametrize(
    ("membership", "place", "stat"),
    [
        ("0::/a/b\n", "a/b", V2),
        ("0::/a/b\n", "a", V2),
        ("4:cpu,cpuacct:/docker/1\n", "cpu,cpuacct", V1),
        ("2:cpuacct:/\n1:cpu:/x\n0::/\n", "cpu/x", V1),
    ],
    ids=["v2", "v2-parent", "v1-in-a-container", "v1"],
)
def test_a_quota_that_held_the_run_back_is_seen(linux, membership, place, stat):
    before, after = stat
    file = f"sys/fs/cgroup/{place}/cpu.stat"
    linux.files = {"proc/self/cgroup": membership, file: before, "sys/fs/cgroup/cpu.stat": "usage_usec 5\n"}
    linux.write()
    seen = watched(linux, files={file: after})

    assert seen.cgroup_throttled_periods == 5
    assert seen.cgroup_throttled_ms == pytest.approx(200)
    assert codes(seen) == ["throttled-cgroup"]
    assert codes(seen.model_copy(update={"cgroup_throttled_ms": 500.0})) == ["throttled-cgroup-heavy"]


def test_heat_swap_and_disk_are_counted(linux):
    counts = {f"sys/devices/system/cpu/cpu{n}/thermal_throttle/core_throttle_count": "5\n" for n in (0, 1)}
    linux.files, linux.sensors = counts, {"coretemp": [SimpleNamespace(current=61.0)]}
    linux.write()
    first = next(iter(counts))
    linux_after = {"files": counts | {first: "9\n"}, "swapped_pages": 1000 + 512, "major_faults": 7 + 2000}
    watch = MachineWatch(linux.as_system(), load_before=3.0)
    watch.start()
    linux.seconds += 10
    for name, value in linux_after.items():
        setattr(linux, name, value)
    linux.sensors = {"coretemp": [SimpleNamespace(current=v) for v in (90.0, 0.0, 999.0, None)]}
    linux.write()
    seen = watch.stop()

    assert seen.thermal_throttles == 4
    assert seen.swapped_in_mb == pytest.approx(512 * os.sysconf("SC_PAGE_SIZE") / 2**20)
    assert seen.major_faults == 2000
    assert (seen.temperature_before_c, seen.temperature_after_c) == (61.0, 90.0)
    assert codes(seen) == ["busy-before", "throttled-thermal", "swapped-in", "disk-reads"]


@pytest.mark.parametrize(
    ("governor", "driver", "expected"),
    [
        ("powersave", "acpi-cpufreq", ["governor"]),
        ("powersave", "intel_cpufreq", ["governor"]),
        ("powersave", "intel_pstate", []),
        ("powersave", "amd-pstate-epp", []),
        ("performance", "acpi-cpufreq", []),
        ("schedutil", "intel_cpufreq", []),
    ],
)
def test_a_governor_is_judged_by_its_driver(linux, governor, driver, expected):
    folder = "sys/devices/system/cpu/cpu0/cpufreq"
    linux.files = {f"{folder}/scaling_governor": governor + "\n", f"{folder}/scaling_driver": driver + "\n"}
    linux.write()
    seen = watched(linux)
    assert (seen.governor, seen.scaling_driver) == (governor, driver)
    assert codes(seen) == expected


def test_a_battery_in_use_is_a_doubt(linux):
    linux.battery = SimpleNamespace(percent=81, power_plugged=False, secsleft=3600)
    seen = watched(linux)
    assert (seen.on_battery, seen.battery_percent) == (True, 81.0)
    assert codes(seen) == ["on-battery"]
    linux.battery = SimpleNamespace(percent=81, power_plugged=True, secsleft=-2)
    assert codes(watched(linux)) == []


def test_a_system_without_proc_gives_what_psutil_knows(tmp_path):
    moments = iter([0.0, 2.0])
    busy = iter([SimpleNamespace(user=10.0, nice=0.0, system=5.0, idle=100.0),
                 SimpleNamespace(user=13.0, nice=0.0, system=5.5, idle=101.0)])  # fmt: skip
    own = iter([(1.0, 0.0, 0.0, 0.0), (2.0, 0.5, 0.0, 0.5)])
    process = SimpleNamespace(children=lambda recursive: [], cpu_times=lambda: next(own))
    elsewhere = SimpleNamespace(
        cpu_times=lambda: next(busy), Process=lambda: process, cpu_count=lambda: 8, Error=psutil.Error
    )  # no sensors at all, as on Windows
    with watch_machine(System(tmp_path, lambda: next(moments), elsewhere), load_before=0.0) as watch:
        pass
    seen = watch.interference

    assert seen.other_cores == pytest.approx((3.5 - 2.0) / 2)
    assert seen.steal_share is seen.swapped_in_mb is seen.pressure_share is seen.migrations_per_s is None
    assert seen.temperature_after_c is seen.on_battery is None
    Interference.model_validate_json(seen.model_dump_json())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere psutil reads")
def test_reading_costs_next_to_nothing():
    """A few times what it costs to open so many files: one a process, two a thread, and some others."""
    files = [f"/proc/{process}/stat" for process in psutil.pids()]
    files += ["/proc/self/status"] * (2 * threading.active_count() + 30)

    def plainly() -> None:
        for file in files:
            with suppress(OSError):  # it has ended
                Path(file).read_bytes()

    def spent(reading: Callable[[], object]) -> float:
        start = time.thread_time()
        reading()
        return time.thread_time() - start

    # In turns, and the least of many: whatever slows this machine down slows both.
    taken = [(spent(lambda: read_counters(System())), spent(plainly)) for _ in range(20)]
    assert min(of_all for of_all, _ in taken) < 5 * min(plain for _, plain in taken)


@pytest.fixture
def load() -> Iterator[list[psutil.Process]]:
    """A busy loop for each processor, in processes that are none of ours: `setsid` and a parent that ends."""
    program = (
        "import os; os.fork() and os._exit(0); os.setsid(); print(os.getpid(), flush=True)\nwhile 1: pass"
    )
    running = []
    for _ in range(psutil.cpu_count()):
        started = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        running.append(psutil.Process(int(started.stdout.readline())))
        started.wait()
    yield running
    for process in running:
        process.kill()


def work(seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        sum(range(1000))


def spent_s(processes: list[psutil.Process]) -> float:
    return sum(times.user + times.system for times in (process.cpu_times() for process in processes))


def test_a_load_on_every_core_is_caught_and_told(request):
    """Held against what the processes have themselves spent, however little this machine let them have."""
    if sys.platform == "win32":
        pytest.skip("the load is made with fork")
    before = time.process_time()
    with watch_machine() as idle:
        begun = time.process_time()
        work(1.5)
        ended = time.process_time()
    after = time.process_time()
    others = request.getfixturevalue("load")
    with watch_machine() as loaded:
        begun_s = spent_s(others)
        work(1.5)
        ended_s = spent_s(others)

    seconds = idle.interference.wall_ms / 1000
    assert (
        (ended - begun) / seconds - 0.05 <= idle.interference.own_cores <= (after - before) / seconds + 0.05
    )
    seen = loaded.interference
    # Processors' ticks are a few ms: of a stolen moment, one that was partly spent is lost to the count.
    stolen = (seen.steal_share or 0) * psutil.cpu_count()
    assert seen.other_cores >= (ended_s - begun_s) / (seen.wall_ms / 1000) - stolen - 0.05
    assert seen.other_cores + seen.own_cores <= psutil.cpu_count() + 0.1
    # A hypervisor that leaves the load under a quarter of a core has stolen most of the rest.
    assert {"other-load-heavy", "steal-heavy"} & {*codes(seen, threads=1)}


@pytest.fixture
def quota() -> Iterator[Path]:
    """A control group with a fifth of a processor, where this user may make one."""
    own = Path("/sys/fs/cgroup/cpu" if Path("/sys/fs/cgroup/cpu").is_dir() else "/sys/fs/cgroup")
    group = own / f"bitnet-test-{os.getpid()}"
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error.strerror}")
    try:
        version_1 = (group / "cpu.cfs_quota_us").exists()
        if not version_1 and not (group / "cpu.max").exists():
            pytest.skip("the processor controller is not delegated")
        name, text = ("cpu.cfs_quota_us", "20000") if version_1 else ("cpu.max", "20000 100000")
        (group / name).write_text(text)
        yield group
    finally:
        group.rmdir()


def test_a_real_quota_is_caught(quota):
    """The figures are the kernel's: no less than it counted inside the span, no more than around it."""
    program = textwrap.dedent(
        """
        import json, sys
        from bitnet_agent.machine.watch.watch import watch_machine

        def throttled(folder):
            with open(folder + "/cpu.stat") as file:
                counts = dict(line.split() for line in file)
            held_ms = int(counts.get("throttled_usec", 0)) / 1e3 + int(counts.get("throttled_time", 0)) / 1e6
            return int(counts.get("nr_throttled", 0)), held_ms

        before = throttled(sys.argv[1])
        with watch_machine() as watch:
            first = last = throttled(sys.argv[1])
            while last[0] < first[0] + 8 or last[1] < first[1] + 500:
                sum(range(1000))
                last = throttled(sys.argv[1])
        after = throttled(sys.argv[1])
        counts = [[last[n] - first[n], after[n] - before[n]] for n in (0, 1)]
        print(json.dumps({"seen": watch.interference.model_dump(), "counts": counts}))
        """
    )
    join = f"echo $$ > {quota / 'cgroup.procs'} && exec {sys.executable} -c '{program}' {quota}"
    done = subprocess.run(["sh", "-c", join], capture_output=True, text=True, check=True, timeout=300)
    told = json.loads(done.stdout)
    seen = Interference.model_validate(told["seen"])
    (least_periods, most_periods), (least_ms, most_ms) = told["counts"]

    assert least_ms <= seen.cgroup_throttled_ms
    if seen.cgroup_throttled_ms <= most_ms:  # else a group above this one was held back for longer
        assert 8 <= least_periods <= seen.cgroup_throttled_periods <= most_periods
    assert seen.own_cores < 0.4
    assert "throttled-cgroup-heavy" in codes(seen, threads=1)
