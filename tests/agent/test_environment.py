"""What the report says of the machine: exactly, from trees of /proc and /sys, and nobody's name."""

from __future__ import annotations

import getpass
import json
import os
import platform
import re
from pathlib import Path

import pytest

from bitnet_agent.machine import kernel_files
from bitnet_agent.machine.clock import time_stamp
from bitnet_agent.machine.clock.clock import ClockReading
from bitnet_agent.machine.processor import naming as processor
from bitnet_agent.machine.processor.caches import read_caches
from bitnet_agent.machine.processor.cgroup import CgroupLimits, read_cgroup
from bitnet_agent.machine.processor.naming import isa_flags
from bitnet_agent.machine.processor.virtualization import find_container, find_hypervisor
from bitnet_agent.machine.surroundings import environment
from bitnet_agent.machine.surroundings.environment import describe_cpu, describe_environment, load_average
from bitnet_agent.machine.surroundings.frequency_policy import read_policy
from bitnet_agent.machine.surroundings.kernel_settings import describe_mitigations, describe_swap
from bitnet_agent.machine.surroundings.settings import allocator_settings, computing_settings
from bitnet_agent.machine.surroundings.software import condense_config, library_versions

pytestmark = pytest.mark.agent


def tree(root: Path, **files: str) -> Path:
    """Files by their path, `/` written as `__` and `.` as `_DOT_`."""
    for name, content in files.items():
        path = root / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content + "\n")
    return root


VIRTUAL = "flags\t: fpu hypervisor"
CLOCK_SOURCES = "sys__devices__system__clocksource__clocksource0__available_clocksource"
DEVICE_TREE = "proc__device-tree__hypervisor__compatible"
CPU = "sys__devices__system__cpu__"


def test_caches_have_sizes_and_sharers(tmp_path):
    levels = [("1", "Data", "48K", "0,4"), ("1", "Instruction", "32K", "0,4"), ("2", "Unified", "2M", "0,4"),
              ("3", "Unified", "32768K", "0-7")]  # fmt: skip
    for index, (level, kind, size, shared) in enumerate(levels):
        at = f"{CPU}cpu0__cache__index{index}__"
        tree(tmp_path, **{at + "level": level, at + "type": kind, at + "size": size})
        tree(tmp_path, **{at + "shared_cpu_list": shared})
    assert read_caches(tmp_path) == {
        "l1d": 49152, "l1d_shared_by": 2, "l1i": 32768, "l1i_shared_by": 2,
        "l2": 2 * 2**20, "l2_shared_by": 2, "l3": 32 * 2**20, "l3_shared_by": 8,
    }  # fmt: skip
    assert read_caches(tmp_path / "nothing") == {}


def test_limits_of_control_groups_2_are_the_tightest_on_the_way_up(tmp_path):
    root = tree(
        tmp_path,
        proc__self__cgroup="0::/user.slice/run.scope",
        sys__fs__cgroup__cgroup_DOT_controllers="cpu memory",
        **{
            "sys__fs__cgroup__user.slice__memory.max": str(4 * 2**30),
            "sys__fs__cgroup__user.slice__memory.current": str(3 * 2**30),
            "sys__fs__cgroup__user.slice__memory.stat": f"anon 1\ninactive_file {2**30}",
            "sys__fs__cgroup__user.slice__cpu.max": "150000 100000",
            "sys__fs__cgroup__user.slice__run.scope__memory.max": "max",
            "sys__fs__cgroup__user.slice__run.scope__cpu.max": "max 100000",
        },
    )
    assert read_cgroup(root) == CgroupLimits(4096.0, 2048.0, 1.5)


def test_limits_of_control_groups_1_in_a_container_stand_at_the_mount(tmp_path):
    """The path is the host's there, and not to be found below the container's own mount."""
    root = tree(
        tmp_path,
        proc__self__cgroup="5:cpu,cpuacct:/docker/0123\n4:memory:/docker/0123",
        **{
            "sys__fs__cgroup__memory__memory.limit_in_bytes": str(2 * 2**30),
            "sys__fs__cgroup__memory__memory.usage_in_bytes": str(2**30),
            "sys__fs__cgroup__memory__memory.stat": f"inactive_file 5\ntotal_inactive_file {2**29}",
            "sys__fs__cgroup__cpu__cpu.cfs_quota_us": "50000",
            "sys__fs__cgroup__cpu__cpu.cfs_period_us": "100000",
        },
    )
    assert read_cgroup(root) == CgroupLimits(2048.0, 512.0, 0.5)


@pytest.mark.parametrize("path", ["/", "/../outside", "/deep/er"])
def test_no_limit_is_no_limit(tmp_path, path):
    root = tree(
        tmp_path,
        proc__self__cgroup=f"0::{path}\n4:memory:{path}\n3:cpu:{path}",
        sys__fs__cgroup__cgroup_DOT_controllers="",
        **{
            "sys__fs__cgroup__memory__memory.limit_in_bytes": "9223372036854771712",
            "sys__fs__cgroup__cpu__cpu.cfs_quota_us": "-1",
            "sys__fs__cgroup__cpu__cpu.cfs_period_us": "100000",
        },
    )
    assert read_cgroup(root) == CgroupLimits()
    assert read_cgroup(tmp_path / "nothing") == CgroupLimits()


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({"proc__cpuinfo": VIRTUAL, "sys__class__dmi__id__sys_vendor": "QEMU"}, "KVM"),
        ({"proc__cpuinfo": VIRTUAL, "sys__class__dmi__id__sys_vendor": "VMware, Inc."}, "VMware"),
        (
            {
                "proc__cpuinfo": VIRTUAL,
                "sys__class__dmi__id__sys_vendor": "Microsoft Corporation",
                "sys__class__dmi__id__product_name": "Virtual Machine",
            },
            "Hyper-V",
        ),
        ({"proc__cpuinfo": VIRTUAL, "sys__hypervisor__type": "xen"}, "Xen"),
        (
            {
                "proc__cpuinfo": VIRTUAL,
                CLOCK_SOURCES: "tsc kvm-clock acpi_pm",
            },
            "KVM",
        ),
        ({"proc__cpuinfo": VIRTUAL}, "present"),
        ({"proc__cpuinfo": "Features\t: asimd", DEVICE_TREE: "linux,kvm"}, "present"),
        ({"proc__cpuinfo": "Features\t: asimd", "sys__class__dmi__id__sys_vendor": "QEMU"}, "KVM"),
        (
            {
                "proc__cpuinfo": VIRTUAL,
                "proc__sys__kernel__osrelease": "5.15.0-microsoft-standard-WSL2",
            },
            "WSL",
        ),
        ({"proc__cpuinfo": "flags\t: fpu", "sys__class__dmi__id__sys_vendor": "A maker of laptops"}, None),
        ({"proc__cpuinfo": "flags\t: fpu", "sys__class__dmi__id__sys_vendor": "QEMU"}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_hypervisors_are_told_apart(tmp_path, files, kind):
    assert find_hypervisor(tree(tmp_path, **files)) == kind


def test_containers_leave_their_mark(tmp_path):
    assert find_container(tmp_path) is None
    assert find_container(tree(tmp_path / "p", run___DOT_containerenv="")) == "podman"
    assert find_container(tree(tmp_path / "d", _DOT_dockerenv="")) == "docker"


def test_the_frequency_policy_is_that_of_all_processors(tmp_path):
    for cpu, governor, highest in ((0, "performance", 4_700_000), (1, "powersave", 3_400_000)):
        at = f"{CPU}cpu{cpu}__cpufreq__"
        tree(tmp_path, **{
            at + "scaling_governor": governor, at + "scaling_driver": "intel_pstate",
            at + "energy_performance_preference": "balance_performance",
            at + "scaling_min_freq": "800000", at + "scaling_max_freq": str(highest),
        })  # fmt: skip
    tree(tmp_path, **{CPU + "intel_pstate__no_turbo": "1"})
    assert read_policy(tmp_path) == {
        "governor": "performance, powersave", "driver": "intel_pstate",
        "energy_preference": "balance_performance", "turbo": False, "min_mhz": 800.0, "max_mhz": 4700.0,
    }  # fmt: skip
    assert read_policy(tree(tmp_path / "amd", **{CPU + "cpufreq__boost": "1"})) == {"turbo": True}
    assert read_policy(tmp_path / "nothing") == {}


def test_mitigations_are_counted_and_the_rest_of_the_command_line_is_not_kept(tmp_path):
    at = CPU + "vulnerabilities__"
    root = tree(
        tmp_path,
        proc__cmdline="root=/dev/sda1 hostname=wherever mitigations=off quiet",
        **{at + "meltdown": "Mitigation: PTI", at + "l1tf": "Not affected", at + "spectre_v2": "Vulnerable"},
    )
    assert describe_mitigations(root) == {
        "mitigated": 1, "vulnerable": 1, "not_affected": 1, "switched_off": True,
    }  # fmt: skip
    tree(tmp_path, proc__cmdline="mitigations=auto,nosmt quiet")
    found = describe_mitigations(tmp_path)
    assert found is not None
    assert found["switched_off"] is False
    assert describe_mitigations(tmp_path / "nothing") is None


def test_swap_is_told_with_its_readiness(tmp_path):
    swap = describe_swap(tree(tmp_path, proc__sys__vm__swappiness="10"))
    assert swap is not None
    assert swap["swappiness"] == 10


def test_instruction_sets_are_read_in_a_fixed_order(tmp_path):
    assert isa_flags(tree(tmp_path / "x86", proc__cpuinfo="flags : fpu avx512f amx_tile avx2 sse4_2")) == [
        "sse4_2", "avx2", "avx512f", "amx_tile",
    ]  # fmt: skip
    assert isa_flags(tree(tmp_path / "arm", proc__cpuinfo="Features : fp asimd i8mm asimddp bf16")) == [
        "asimd", "asimddp", "i8mm", "bf16",
    ]  # fmt: skip


def test_settings_are_those_named_and_carry_no_path():
    environment = {
        "OMP_NUM_THREADS": "2",
        "GOMP_CPU_AFFINITY": "0 2",
        "TORCHINDUCTOR_CACHE_DIR": "/home/somebody/cache",
        "CXX": "C:\\Users\\somebody\\cl.exe",
        "LD_PRELOAD": "/home/somebody/lib/libjemalloc.so.2:/opt/a/libtcmalloc.so",
        "MALLOC_CONF": "prof_prefix:/home/somebody/heap",
        "MALLOC_ARENA_MAX": "1\ud800",
        "MALLOC_MMAP_THRESHOLD_": "1073741824",
        "BITNET_TOKEN": "secret",
        "OMP_DYNAMIC": "",
    }
    assert computing_settings(environment) == {
        "OMP_NUM_THREADS": "2", "GOMP_CPU_AFFINITY": "0 2", "TORCHINDUCTOR_CACHE_DIR": "set (a path)",
        "CXX": "set (a path)",
    }  # fmt: skip
    assert allocator_settings(environment) == {
        "LD_PRELOAD": "libjemalloc.so.2 libtcmalloc.so", "MALLOC_CONF": "set (a path)",
        "MALLOC_ARENA_MAX": "set (not printable)", "MALLOC_MMAP_THRESHOLD_": "1073741824",
    }  # fmt: skip


def test_torchs_configuration_is_condensed():
    text = """PyTorch built with:
  - GCC 13.3
  - Intel(R) oneAPI Math Kernel Library Version 2024.2-Product Build 20240605 for Intel(R) 64
  - Intel(R) MKL-DNN v3.12.0 (Git Hash 80afa71049cd69a3df32adcccb623b12cd7baa22)
  - OpenMP 201511 (a.k.a. OpenMP 4.5)
  - Build settings: BLAS_INFO=mkl, BUILD_TYPE=Release, CXX_COMPILER=/opt/rh/c++, CXX_FLAGS= -O2
"""
    found = condense_config(text)
    assert len(found.pop("config_sha256")) == 64
    assert found == {
        "compiler": "GCC 13.3", "mkl": "2024.2", "onednn": "v3.12.0", "openmp": "201511", "blas": "mkl",
        "build_type": "Release",
    }  # fmt: skip


def words_of(*records) -> list[str]:
    text = json.dumps([record.model_dump(mode="json") for record in records], ensure_ascii=False)
    return re.findall(r"[^\s\"',;:()]+", text)


def test_no_name_of_host_or_user_and_no_path_is_told(monkeypatch, tmp_path):
    home = tmp_path / "somebodys-home"
    home.mkdir()
    monkeypatch.chdir(home)
    for name in ("TORCHINDUCTOR_CACHE_DIR", "CXX", "LD_PRELOAD", "MALLOC_CONF", "HOME"):
        monkeypatch.setenv(name, str(home / "part"))
    monkeypatch.setattr(platform, "node", lambda: "somebodys-laptop")
    real = {platform.uname().node, getpass.getuser(), os.environ.get("HOSTNAME", "")} - {""}

    cpu = describe_cpu(ClockReading(4100.0, "dependent-chain"))
    software = describe_environment(None, 2, load_average())
    words = words_of(cpu, software)
    assert not real & set(words)
    for word in words:
        assert "somebodys" not in word
        assert str(Path.home()) not in word
        assert not re.search(r"[/\\]\w+[/\\]", word), f"{word} looks like a path"
    assert software.host is None


def test_the_host_is_named_only_when_asked(monkeypatch):
    monkeypatch.setattr(platform, "node", lambda: "somebodys-laptop")
    monkeypatch.setattr(getpass, "getuser", lambda: "somebody")
    found = describe_environment(None, 2, None, include_host=True)
    assert found.host == {"host": "somebodys-laptop", "user": "somebody"}


def test_the_environment_holds_what_was_asked_of_it():
    found = describe_environment(None, 2, [0.1, 0.2, 0.3], pinning={"planned": 2, "pinned": None})
    assert found.threads == {"torch": 2, "planned": 2, "pinned": None}
    assert found.compiler is None
    assert found.libraries == library_versions()
    assert {"torch", "transformers", "safetensors", "numpy"} <= set(found.libraries or {})
    assert found.torch_build is not None
    assert found.torch_build["cpu_capability"]


def test_a_system_without_any_of_these_is_described_nevertheless(monkeypatch, tmp_path):
    """As macOS and Windows: no affinity, no load average, nothing under /proc and /sys."""
    for name in ("sched_getaffinity", "sched_setaffinity", "getloadavg"):
        monkeypatch.delattr(os, name, raising=False)
    monkeypatch.setattr(kernel_files, "read_text", lambda path: "")
    for module in (environment, processor, time_stamp):
        if hasattr(module, "read_text"):
            monkeypatch.setattr(module, "read_text", lambda path: "")
    assert describe_cpu(ClockReading(None, None)).clock_mhz is None
    found = describe_environment(None, 1, load_average())
    assert found.affinity is None
    assert found.load_before is None
