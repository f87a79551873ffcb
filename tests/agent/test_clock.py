"""The clock: the best source there is, called by its name."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from bitnet_agent.machine.clock.clock import Clock, build_chain
from bitnet_agent.machine.compiler import Compiler, find_compiler

pytestmark = pytest.mark.agent

unix = pytest.mark.skipif(
    sys.platform == "win32", reason="the probe needs inline assembly, which MSVC has not"
)


def chain_of(mhz: float):
    """A chain that takes as long as it would at that clock: 64 cycles a round."""
    return lambda rounds: 64 * rounds / mhz * 1000


SOURCES = {"stated_mhz": 2222.0, "chain": chain_of(3333.0), "advertised_mhz": 1111.0}


@pytest.mark.parametrize(
    ("present", "mhz", "source"),
    [
        (["stated_mhz", "chain", "advertised_mhz"], 2222, "stated"),
        (["stated_mhz", "advertised_mhz"], 2222, "stated"),
        (["chain", "advertised_mhz"], 3333, "dependent-chain"),
        (["advertised_mhz"], 1111, "advertised"),
        ([], None, None),
    ],
)
def test_the_best_source_is_taken(present, mhz, source):
    given = {name: SOURCES[name] if name in present else None for name in SOURCES}
    reading = Clock(**given, threads=2).read()
    assert reading.source == source
    assert reading.mhz == (None if mhz is None else pytest.approx(mhz))


def test_probes_that_were_interrupted_do_not_lower_the_clock():
    calls = iter(range(10**6))
    honest = chain_of(3000.0)
    chain = lambda rounds: honest(rounds) * (50 if next(calls) % 5 == 0 else 1)  # noqa: E731
    reading = Clock(stated_mhz=None, advertised_mhz=None, chain=chain, threads=1).read()
    assert reading.mhz == pytest.approx(3000)


@pytest.fixture
def own_cache(monkeypatch, tmp_path) -> Path:
    monkeypatch.setenv("BITNET_AGENT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@unix
def test_the_compiled_probe_gives_a_clock_that_a_core_can_have(own_cache):
    chain = build_chain(find_compiler())
    reading = Clock(stated_mhz=None, advertised_mhz=None, chain=chain, threads=1).read()
    assert reading.source == "dependent-chain"
    assert 500 < reading.mhz < 8000


@unix
def test_the_probe_is_compiled_once(own_cache):
    compiler = find_compiler()
    assert build_chain(compiler) is not None
    assert any(own_cache.rglob("*.so"))

    gone = Compiler("/nowhere/at/all/g++", compiler.version)
    assert build_chain(gone) is not None
    assert build_chain(Compiler("/nowhere/at/all/g++", "another version")) is None


@unix
@pytest.mark.parametrize(
    "script",
    ["exit 1", "exit 0", "kill -9 $$", "echo nonsense; exit 77"],
    ids=["fails", "makes nothing", "dies", "odd"],
)
def test_a_broken_compiler_leaves_the_next_tier(own_cache, tmp_path, script):
    broken = tmp_path / "g++"
    broken.write_text(f"#!/bin/sh\n{script}\n")
    broken.chmod(0o755)
    assert build_chain(Compiler(str(broken), "broken")) is None
    assert not list(own_cache.rglob("*.so"))


def test_no_compiler_and_windows_leave_the_next_tier(monkeypatch):
    assert build_chain(None) is None
    monkeypatch.setattr(sys, "platform", "win32")
    assert build_chain(Compiler("cl", "MSVC")) is None


@unix
def test_a_cache_that_cannot_be_used_hinders_nothing(monkeypatch, tmp_path):
    """A file where the directory should be; and a user without a home."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BITNET_AGENT_CACHE", str(tmp_path / "file"))
    assert build_chain(find_compiler()) is not None

    def homeless(*_):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("BITNET_AGENT_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert build_chain(find_compiler()) is not None


class TestCompiler:
    """What the model cannot run without, and how to get it."""

    def test_is_the_one_that_the_member_states(self, monkeypatch):
        stated = shutil.which("g++") or shutil.which("c++") or shutil.which("clang++")
        monkeypatch.setenv("CXX", stated)
        found = find_compiler()
        assert found.path == stated
        assert len(found.version) > 3

    @pytest.mark.parametrize(
        ("platform", "remedy"),
        [("linux", "apt install g++"), ("darwin", "xcode-select"), ("win32", "Build Tools")],
    )
    def test_missing_names_the_platforms_own_remedy(self, monkeypatch, tmp_path, platform, remedy):
        from bitnet_agent.errors import EnvironmentFaultError

        monkeypatch.setattr(sys, "platform", platform)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.delenv("CXX", raising=False)
        with pytest.raises(EnvironmentFaultError, match="compiler") as error:
            find_compiler()
        assert remedy in error.value.remedy

    @unix
    def test_that_is_there_but_does_not_run_is_missing(self, monkeypatch, tmp_path):
        """As macOS has a `clang++` that only asks for Xcode."""
        from bitnet_agent.errors import EnvironmentFaultError

        hollow = tmp_path / "clang++"
        hollow.write_text("#!/bin/sh\necho 'xcrun: error: invalid active developer path' >&2\nexit 1\n")
        hollow.chmod(0o755)
        monkeypatch.setattr(sys, "platform", "darwin")
        monkeypatch.setenv("PATH", str(tmp_path) + os.pathsep + "/usr/bin" + os.pathsep + "/bin")
        monkeypatch.delenv("CXX", raising=False)
        with pytest.raises(EnvironmentFaultError, match="cannot be run") as error:
            find_compiler()
        assert "xcode-select" in error.value.remedy

    def test_missing_headers_of_python_are_named(self, monkeypatch, tmp_path):
        from bitnet_agent.errors import EnvironmentFaultError
        from bitnet_agent.machine import compiler

        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.setattr(compiler.sysconfig, "get_path", lambda _: str(tmp_path))
        with pytest.raises(EnvironmentFaultError, match="headers") as error:
            find_compiler()
        assert "python3-dev" in error.value.remedy
