"""Threads and pinning, over machines that are not here."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bitnet_agent.machine.processor.affinity import ThreadPlan, apply_plan, describe_threads, plan_threads
from bitnet_agent.machine.processor.cores import describe_cores
from bitnet_agent.machine.processor.topology import LogicalCpu, Topology, read_topology

pytestmark = pytest.mark.agent
linux = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="affinity can be set on Linux alone")


def machine(*cpus: LogicalCpu, allowed=None, quota=None, pinnable=True) -> Topology:
    numbers = frozenset(cpu.number for cpu in cpus) if allowed is None else frozenset(allowed)
    return Topology(cpus, numbers, quota, pinnable)


# 4 cores of 2 threads each: 0-3 are first threads, 4-7 their siblings.
LAPTOP = [LogicalCpu(n, n % 4) for n in range(8)]
# 2 fast cores of 2 threads each (0-3, siblings adjacent), 4 slow ones (4-7), as Intel numbers them.
HYBRID = [LogicalCpu(n, n - n % 2) for n in range(4)] + [LogicalCpu(n, n, fast=False) for n in range(4, 8)]
# 2 sockets of 4 cores, one memory node each, without hyper-threading.
SOCKETS = [LogicalCpu(n, n, node=n // 4) for n in range(8)]


@pytest.mark.parametrize(
    ("topology", "requested", "threads", "cpus", "oversubscribed"),
    [
        (machine(*LAPTOP), None, 4, (0, 1, 2, 3), False),
        (machine(*LAPTOP), 2, 2, (0, 1), False),
        (machine(*LAPTOP), 6, 6, (0, 1, 2, 3, 4, 5), False),
        (machine(*LAPTOP), 9, 9, (0, 1, 2, 3, 4, 5, 6, 7), True),
        (machine(*LAPTOP, allowed={1, 5, 6}), None, 2, (1, 6), False),
        (machine(*LAPTOP, allowed={1, 5}), None, 1, (1,), False),
        (machine(*HYBRID), None, 2, (0, 2), False),
        (machine(*HYBRID), 4, 4, (0, 2, 4, 5), False),
        (machine(*HYBRID), 7, 7, (0, 2, 4, 5, 6, 7, 1), False),
        (machine(*HYBRID, allowed={5, 6}), None, 2, (5, 6), False),
        (machine(*SOCKETS), None, 8, (0, 1, 2, 3, 4, 5, 6, 7), False),
        (machine(*SOCKETS), 4, 4, (0, 1, 2, 3), False),
        (machine(*SOCKETS, allowed={2, 3, 4, 5, 6}), 3, 3, (4, 5, 6), False),
        (machine(*SOCKETS, allowed={2, 3, 4, 5, 6}), 4, 4, (2, 3, 4, 5), False),
        (machine(*LAPTOP, allowed={3}), None, 1, (3,), False),
        (machine(*LAPTOP, allowed={3}), 2, 2, (3,), True),
        (machine(*LAPTOP, quota=1.5), None, 1, (0,), False),
        (machine(*LAPTOP, quota=1.5), 2, 2, (0, 1), False),
        (machine(*LAPTOP, quota=1.5), 3, 3, (0, 1, 2), True),
        (machine(*LAPTOP, quota=0.5), None, 1, (0,), False),
        (machine(*LAPTOP, pinnable=False), None, 4, (), False),
    ],
)  # fmt: skip
def test_threads_and_their_processors(topology, requested, threads, cpus, oversubscribed):
    plan = plan_threads(requested, pin=True, topology=topology)
    assert plan == ThreadPlan(threads, cpus, requested, True, oversubscribed)


def test_an_empty_or_foreign_affinity_still_gives_a_thread():
    assert plan_threads(None, pin=False, topology=machine(*LAPTOP, allowed={99})).threads == 4
    assert plan_threads(None, pin=False, topology=machine(allowed=())).threads == 1


def sysfs(root, *, cores, nodes=None, atom=None, capacity=None):
    """A tree of /sys: `cores` maps each processor to its siblings as the kernel writes them."""
    for cpu, siblings in cores.items():
        folder = root / f"sys/devices/system/cpu/cpu{cpu}"
        (folder / "topology").mkdir(parents=True)
        (folder / "topology/thread_siblings_list").write_text(siblings + "\n")
        if capacity:
            (folder / "cpu_capacity").write_text(f"{capacity[cpu]}\n")
    (root / "sys/devices/system/cpu/cpufreq").mkdir()
    (root / "sys/devices/system/cpu/cpu99").mkdir()  # offline: no topology
    for node, cpus in (nodes or {}).items():
        (root / f"sys/devices/system/node/node{node}").mkdir(parents=True)
        (root / f"sys/devices/system/node/node{node}/cpulist").write_text(cpus + "\n")
    if atom:
        (root / "sys/devices/cpu_atom").mkdir(parents=True)
        (root / "sys/devices/cpu_atom/cpus").write_text(atom + "\n")
    return root


def test_hyper_threads_and_sockets_are_read(tmp_path):
    cores = {n: f"{n % 4},{n % 4 + 4}" for n in range(8)}
    root = sysfs(tmp_path, cores=cores, nodes={0: "0-1,4-5", 1: "2-3,6-7"})
    topology = read_topology(root, allowed=range(8))
    assert [cpu.core for cpu in topology.cpus] == [0, 1, 2, 3, 0, 1, 2, 3]
    assert [cpu.node for cpu in topology.cpus] == [0, 0, 1, 1, 0, 0, 1, 1]
    assert describe_cores(topology) == {"threads_per_core": 2, "smt": True, "numa_nodes": 2, "hybrid": None}


def test_intels_two_kinds_of_core_are_read(tmp_path):
    cores = {0: "0-1", 1: "0-1", 2: "2", 3: "3", 4: "4"}
    topology = read_topology(sysfs(tmp_path, cores=cores, atom="2-4"), allowed=range(5))
    assert [cpu.fast for cpu in topology.cpus] == [True, True, False, False, False]
    assert describe_cores(topology)["hybrid"] == {"performance_cores": 1, "efficiency_cores": 3}


def test_arms_kinds_of_core_follow_from_their_capacity(tmp_path):
    capacity = {0: 290, 1: 290, 2: 880, 3: 1024}
    root = sysfs(tmp_path, cores={n: str(n) for n in range(4)}, capacity=capacity)
    topology = read_topology(root, allowed=range(4))
    assert [cpu.fast for cpu in topology.cpus] == [False, False, True, True]
    assert plan_threads(None, pin=False, topology=topology).threads == 2


def test_favoured_cores_of_one_kind_are_no_second_kind(tmp_path):
    root = sysfs(tmp_path, cores={0: "0", 1: "1"}, capacity={0: 1024, 1: 960})
    assert not read_topology(root, allowed=[0, 1]).hybrid


@pytest.mark.parametrize(
    ("logical", "physical", "threads"), [(8, 4, 4), (2, None, 2), (None, None, 1), (4, 8, 4)]
)
def test_where_there_is_no_sysfs_the_counts_must_do(tmp_path, monkeypatch, logical, physical, threads):
    import psutil

    counts = {True: logical, False: physical}
    monkeypatch.setattr(psutil, "cpu_count", lambda logical=True: counts[logical])
    topology = read_topology(tmp_path, allowed=range(64))
    assert not topology.pinnable
    plan = plan_threads(None, pin=True, topology=topology)
    assert (plan.threads, plan.cpus) == (threads, ())
    assert apply_plan(plan).how == "not possible on this system"


def test_apples_kinds_of_core_are_counted(tmp_path, monkeypatch):
    from bitnet_agent.machine.processor import topology as module

    monkeypatch.setattr(module.sys, "platform", "darwin")
    monkeypatch.setattr(
        module, "read_sysctl", {"hw.perflevel0.physicalcpu": "4", "hw.perflevel1.physicalcpu": "6"}.get
    )
    topology = read_topology(tmp_path, allowed=range(10))
    assert describe_cores(topology)["hybrid"] == {"performance_cores": 4, "efficiency_cores": 6}
    assert plan_threads(None, pin=False, topology=topology).threads == 4


def test_without_asking_nothing_is_bound():
    plan = plan_threads(None, pin=False, topology=machine(*LAPTOP))
    pinning = apply_plan(plan)
    assert describe_threads(plan, pinning) == {
        "asked": None, "planned": 4, "cpus": [0, 1, 2, 3], "pinned": None, "pinning": "not asked",
    }  # fmt: skip


@linux
def test_a_refusal_is_told(monkeypatch):
    def refuse(*_):
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "sched_setaffinity", refuse)
    pinning = apply_plan(plan_threads(1, pin=True, topology=machine(LogicalCpu(0, 0))))
    assert (pinning.cpus, pinning.how) == (None, "refused: Invalid argument")


@linux
def test_pinning_holds_for_the_threads_that_torch_starts():
    program = """
import os
from bitnet_agent.machine.processor.affinity import apply_plan, plan_threads
from bitnet_agent.machine.processor.topology import read_topology
pinning = apply_plan(plan_threads(1, pin=True, topology=read_topology()))
import torch
torch.set_num_threads(2)
torch.ones(2000, 2000) @ torch.ones(2000, 2000)
masks = {tuple(sorted(os.sched_getaffinity(int(task)))) for task in os.listdir("/proc/self/task")}
print(masks == {pinning.cpus}, len(pinning.cpus))
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True
    )
    assert ended.stdout.split() == ["True", "1"]


@linux
@pytest.mark.parametrize(
    "call",
    [
        "main(['--model', 'stand-in:tiny', '--quick', '--quiet'])",
        "fresh_process._profile(Plan(model='stand-in:tiny'), False)",
    ],
)
def test_openmp_that_binds_the_first_thread_leaves_the_run_its_cores(tiny, tmp_path, call):
    """OMP_PROC_BIND=close binds it to one core as soon as torch is imported, as `profiling` does."""
    program = f"""
import sys, types
from bitnet_agent import fresh_process
from bitnet_agent.cli import main
from bitnet_agent.plan import Plan

class Profiling(types.ModuleType):
    @property
    def profile(self):
        import torch
        return told

def told(plan, display, *, placed, **options):
    print(placed.threads.threads, *placed.allowed)
    sys.exit(0)

sys.modules["bitnet_agent.profiling"] = Profiling("bitnet_agent.profiling")
assert "torch" not in sys.modules
{call}
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path,
        env={**os.environ, "OMP_PROC_BIND": "close", "OMP_PLACES": "cores"},
    )  # fmt: skip
    cores = plan_threads(None, False, read_topology()).threads
    assert ended.stdout.split() == [str(number) for number in (cores, *sorted(os.sched_getaffinity(0)))]
