"""Windows, macOS, containers and poor consoles, faked as far as they differ."""

from __future__ import annotations

import importlib
import io
import json
import os
import sys
from pathlib import Path

import psutil
import pytest

from bitnet_agent.machine.clock.clock import Clock, ClockReading
from bitnet_agent.machine.compiler import Compiler
from bitnet_agent.machine.memory import resident as memory
from bitnet_agent.machine.processor import naming as processor
from bitnet_agent.machine.processor.cgroup import read_cgroup
from bitnet_agent.machine.processor.limits import available_memory_mb, memory_limit_mb, usable_cores
from bitnet_agent.machine.surroundings import environment
from bitnet_agent.screen.language import choose_language

pytestmark = pytest.mark.agent


@pytest.fixture(params=["win32", "darwin"])
def elsewhere(request, monkeypatch):
    """A system without /proc, /sys, affinity or load average, as far as this one can play it."""
    importlib.import_module("bitnet_agent.profiling")  # torch could not be imported on what is faked here
    monkeypatch.setattr(sys, "platform", request.param)
    for name in ("sched_getaffinity", "sched_setaffinity", "getloadavg"):
        monkeypatch.delattr(os, name, raising=False)
    for name in ("_CLEAR_REFS", "_STATUS"):
        monkeypatch.setattr(memory, name, Path("/no-proc/here"))
    real = {
        name: getattr(Path, name)
        for name in ("read_text", "read_bytes", "open", "is_dir", "is_file", "exists")
    }

    def hidden(self):
        return self.as_posix().startswith(("/proc", "/sys"))

    for name, method in real.items():

        def without(self, *arguments, _method=method, _name=name, **options):
            if hidden(self):
                if _name in ("is_dir", "is_file", "exists"):
                    return False
                raise FileNotFoundError(2, "No such file or directory")
            return _method(self, *arguments, **options)

        monkeypatch.setattr(Path, name, without)
    glob, iterdir = Path.glob, Path.iterdir
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(()) if hidden(self) else glob(self, pattern))
    monkeypatch.setattr(Path, "iterdir", lambda self: iter(()) if hidden(self) else iterdir(self))
    return request.param


def test_elsewhere_cores_and_memory_come_from_psutil(elsewhere):
    assert 1 <= usable_cores() <= (psutil.cpu_count() or 1)
    assert memory_limit_mb() is None
    assert available_memory_mb() == pytest.approx(psutil.virtual_memory().available / 2**20, rel=0.2)


def test_elsewhere_memory_is_sampled_and_says_so(elsewhere):
    with memory.watch_memory() as seen:
        pass
    assert seen.peak_source == "sampled"
    assert seen.peak_mb >= seen.before_mb > 10
    assert seen.kinds is None


def test_elsewhere_the_machine_is_described_all_the_same(elsewhere):
    described = environment.describe_environment(Compiler("cl", "MSVC 19"), 4, environment.load_average())
    assert described.compiler == "MSVC 19"
    assert described.memory_total_mb > 100
    for name in ("affinity", "governor", "turbo", "thp", "load_before", "cgroup_limits"):
        assert getattr(described, name) is None
    cpu = environment.describe_cpu(ClockReading(None, None))
    assert cpu.brand
    assert cpu.hypervisor is None


def test_elsewhere_an_advertised_clock_says_what_it_is(elsewhere):
    reading = Clock(stated_mhz=None, advertised_mhz=2600.0, chain=None, threads=2).read()
    assert (reading.mhz, reading.source) == (2600.0, "advertised")


@pytest.mark.parametrize(
    ("brand", "mhz"), [("Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz", 1600), ("Some CPU @ 3 GHz", 3000)]
)
def test_the_advertised_clock_may_stand_in_the_name(monkeypatch, brand, mhz):
    monkeypatch.setattr(processor, "cpu_brand", lambda: brand)
    found = processor.base_frequency(Path("/no-sys/here"))
    assert (found.mhz, found.source) == (pytest.approx(mhz), "processor name")


def test_a_processor_that_tells_nothing_has_no_frequency(monkeypatch):
    """As an Apple processor: neither py-cpuinfo nor psutil knows."""

    def unknown():
        raise NotImplementedError

    monkeypatch.setattr(processor, "_cpuinfo", dict)
    monkeypatch.setattr(processor.psutil, "cpu_freq", unknown)
    nowhere = Path("/no-sys/here")
    assert processor.base_frequency(nowhere) == processor.BaseFrequency(None, None)
    assert processor.cpu_brand()
    assert processor.isa_flags(nowhere) == []


def group(root: Path, **files: str) -> Path:
    place = root / "sys" / "fs" / "cgroup"
    place.mkdir(parents=True)
    (root / "proc" / "self").mkdir(parents=True)
    (root / "proc" / "self" / "cgroup").write_text("0::/\n")
    (place / "cgroup.controllers").write_text("cpu memory\n")
    for name, content in files.items():
        (place / name.replace("__", ".")).write_text(content)
    return root


def test_a_containers_limits_are_the_machines_limits(tmp_path):
    root = group(
        tmp_path,
        memory__max=f"{4 * 2**30}\n",
        memory__current=f"{3 * 2**30}\n",
        memory__stat=f"anon 1\ninactive_file {2**30}\n",
        cpu__max="150000 100000\n",
    )
    limits = read_cgroup(root)
    assert limits.memory_mb == 4096
    assert limits.memory_used_mb == 2048
    assert limits.cpus == 1.5


def test_a_container_without_limits_has_none(tmp_path):
    limits = read_cgroup(group(tmp_path, memory__max="max\n", cpu__max="max 100000\n"))
    assert (limits.memory_mb, limits.cpus) == (None, None)


@pytest.mark.parametrize(("quota", "threads"), [("50000", 1), ("100000", 1), ("199999", 1)])
def test_a_part_of_a_processor_is_worth_one_thread(tmp_path, quota, threads):
    from bitnet_agent.machine.processor.affinity import plan_threads
    from bitnet_agent.machine.processor.topology import read_topology

    root = group(tmp_path, cpu__max=f"{quota} 100000\n")
    assert plan_threads(None, pin=False, topology=read_topology(root)).threads == threads


class TestLanguage:
    @pytest.fixture(autouse=True)
    def console(self, monkeypatch):
        monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)

    @pytest.mark.parametrize(
        ("settings", "language"),
        [
            ({"LANG": "zh_CN.UTF-8"}, "zh"),
            ({"LANG": "zh_TW"}, "zh"),
            ({"LANG": "en_US.UTF-8"}, "en"),
            ({"LANG": "de_DE.UTF-8"}, "en"),
            ({"LC_ALL": "C"}, "en"),
            ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
            ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
            ({"LC_ALL": "", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ],
    )
    def test_follows_the_locale(self, monkeypatch, settings, language):
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        assert choose_language(None) == language

    def test_is_what_was_asked_for_before_that(self, monkeypatch):
        monkeypatch.setenv("LANG", "zh_CN.UTF-8")
        assert choose_language("en") == "en"
        monkeypatch.setenv("LANG", "en_US.UTF-8")
        assert choose_language("zh") == "zh"

    @pytest.mark.parametrize(
        ("encoding", "language"), [("cp936", "zh"), ("gb18030", "zh"), ("cp1252", "en"), ("ascii", "en")]
    )
    def test_is_english_where_the_console_has_no_chinese(self, monkeypatch, encoding, language):
        monkeypatch.setenv("LANG", "zh_CN.UTF-8")
        monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
        assert choose_language(None) == language

    def test_windows_is_asked_where_no_variable_says(self, monkeypatch):
        import ctypes
        from types import SimpleNamespace

        kernel = SimpleNamespace(GetUserDefaultUILanguage=lambda: 0x0804)
        monkeypatch.setattr(sys, "platform", "win32")
        monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False)
        assert choose_language(None) == "zh"


POOR = {
    "ascii": {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"},
    "cp1252": {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "LC_ALL": "C"},
    "cp437": {"PYTHONIOENCODING": "cp437", "PYTHONUTF8": "0", "LC_ALL": "C"},
}


@pytest.mark.parametrize(("console", "lang"), [("ascii", "zh"), ("cp1252", "en")])
def test_a_whole_run_on_a_poor_console(profiled, agent, tmp_path, console, lang):
    arguments = [*profiled.arguments[:-2], "--repetitions", "1", "--lang", lang]
    ended = agent(*arguments, **POOR[console])
    said = ended.stderr.decode(console)
    assert ended.returncode == 0, said
    assert "Traceback" not in said
    assert ended.stdout == (tmp_path / "docs" / "inference_profile_report.json").read_bytes()
    assert "共享".encode() in ended.stdout  # the report is UTF-8 whatever the console is
    assert "Prefill" in said


@pytest.mark.parametrize(("console", "lang"), [("ascii", "zh"), ("cp1252", "en"), ("cp437", "zh")])
def test_an_error_on_a_poor_console(agent, console, lang):
    ended = agent("--model", "./没有", "--lang", lang, **POOR[console])
    said = ended.stderr.decode(console)
    assert ended.returncode == 3
    assert "Traceback" not in said
    assert "there is no directory" in said


def test_the_engines_are_listed_on_a_poor_console(agent):
    ended = agent("engines", "--lang", "zh", **POOR["ascii"])
    said = ended.stdout.decode("ascii")
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert "quantized-once" in said
    assert json.loads(agent("engines", "--json", **POOR["ascii"]).stdout)[0]["sentence"]


def test_the_overhead_of_an_engine_is_told_on_a_poor_console(agent):
    ended = agent(
        "overhead", "--model", "stand-in:tiny", "--pairs", "1", "--decode-tokens", "2", "--threads", "1",
        "--engine", "quantized-once", "--lang", "zh", **POOR["ascii"],
    )  # fmt: skip
    said = ended.stderr.decode("ascii")
    assert ended.returncode == 0, said
    assert "Traceback" not in said
    assert b"quantized-once" in ended.stdout
