"""`--malloc`: the thresholds are really in effect, what cannot be is refused, the member's own is named."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from bitnet_agent.errors import EnvironmentFaultError, UsageError
from bitnet_agent.machine import allocator, malloc_library
from bitnet_report import read_report, workload_id

from .conftest import SMALL

pytestmark = pytest.mark.agent

glibc_only = pytest.mark.skipif(not allocator.is_tunable(), reason="needs Linux with glibc")
LIBC = "libc.so.6"


@pytest.mark.parametrize(
    ("environment", "library", "expected"),
    [
        ({}, LIBC, "default"),
        ({}, None, "default"),
        ({"OMP_NUM_THREADS": "2", "LD_PRELOAD": "/usr/lib/libiomp5.so"}, LIBC, "default"),
        ({"MALLOC_CONF": "thp:always"}, LIBC, "default"),  # jemalloc's, and jemalloc is not there
        ({}, "libjemalloc.so.2", "environment"),
        ({}, "libmimalloc.so.2.1", "environment"),
        ({}, "ld-musl-x86_64.so.1", "default"),
        ({}, "libsystem_malloc.dylib", "default"),
        ({"MALLOC_ARENA_MAX": "1"}, LIBC, "environment"),
        ({"MALLOC_ARENA_MAX": ""}, LIBC, "default"),
        ({"GLIBC_TUNABLES": "glibc.malloc.mmap_threshold=1073741824"}, LIBC, "environment"),
        ({"GLIBC_TUNABLES": "glibc.pthread.rseq=0"}, LIBC, "default"),
        ({"MALLOC_MMAP_THRESHOLD_": "1073741824"}, LIBC, "environment"),  # half of it
        ({**allocator.TUNED, "MALLOC_TOP_PAD_": "1"}, LIBC, "environment"),
        ({**allocator.TUNED}, "libjemalloc.so.2", "environment"),
    ],
)
def test_what_an_environment_comes_to(environment, library, expected):
    assert allocator.classify(environment, library) == expected


@glibc_only
def test_the_settings_of_tuned_are_named_so():
    assert allocator.classify(allocator.TUNED, LIBC) == "tuned"


PYTHONS = sorted({sys.executable, *filter(None, [shutil.which("python3", path="/usr/bin")])})
"""This one, and the system's: Debian's is not position-independent, so its malloc has another address."""


@glibc_only
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("preloaded", [False, True], ids=["libc", "preloaded"])
def test_the_library_that_malloc_comes_from_is_found(tmp_path, python, preloaded):
    environment = dict(os.environ)
    if preloaded:
        source, library = tmp_path / "other.c", tmp_path / "libother.so"
        source.write_text(
            "#include <stddef.h>\n"
            "extern void *__libc_malloc(size_t);\n"
            "void *malloc(size_t size) { return __libc_malloc(size); }\n"
        )
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
        environment["LD_PRELOAD"] = str(library)
    ask = "import runpy, sys; print(runpy.run_path(sys.argv[1])['malloc_library']())"
    command = [python, "-c", ask, malloc_library.__file__]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert found.strip() == ("libother.so" if preloaded else LIBC)


def test_another_c_library_is_a_clear_refusal(monkeypatch):
    def no_such_name(name):
        raise ValueError("unrecognized configuration name")

    monkeypatch.setattr(os, "confstr", no_such_name, raising=False)
    with pytest.raises(EnvironmentFaultError, match="another C library") as refusal:
        allocator.start_tuned()
    assert "leave --malloc out" in refusal.value.remedy


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_are_a_clear_refusal(monkeypatch, platform):
    monkeypatch.setattr(sys, "platform", platform)
    with pytest.raises(EnvironmentFaultError, match="thresholds of glibc"):
        allocator.start_tuned()


@glibc_only
def test_the_members_own_settings_are_not_mixed_with(monkeypatch):
    monkeypatch.setenv("MALLOC_ARENA_MAX", "1")
    with pytest.raises(UsageError, match="already chooses the allocator") as refusal:
        allocator.start_tuned()
    assert "MALLOC_" in refusal.value.remedy


FAULTS = """
import ctypes, resource, sys
ctypes.CDLL(None).prctl(41, 1, 0, 0, 0)  # PR_SET_THP_DISABLE, kept by exec: a fault is one small page
from bitnet_agent.machine.allocator import malloc_in_effect, start_tuned
if "tuned" in sys.argv:
    start_tuned()
import torch
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    torch.empty(48 * 2**20, dtype=torch.uint8).fill_(1)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
for _ in range(60):  # glibc's heap grows for a while until every request fits into what was freed
    faults()
print(malloc_in_effect(), faults(), sys.argv[1:])
"""


@glibc_only
@pytest.mark.parametrize(("asked", "few"), [("default", False), ("tuned", True)])
def test_tuned_starts_over_and_keeps_what_was_freed(asked, few, tmp_path):
    script = tmp_path / "faults.py"
    script.write_text(FAULTS, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, str(script), asked, "a b", "其他"], capture_output=True, text=True, check=True
    )
    malloc, faults, arguments = ended.stdout.split(maxsplit=2)
    assert malloc == asked
    assert arguments.strip() == repr([asked, "a b", "其他"])  # the very same command
    assert (int(faults) < 100) is few  # 48 MiB are 12288 pages


@glibc_only
def test_children_get_it_and_this_process_stays_as_it_is():
    command = [sys.executable, "-c", "import os; print(sorted(k for k in os.environ if 'MALLOC' in k))"]
    with allocator.for_children("tuned"):
        inside = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert inside.strip() == str(sorted(allocator.TUNED))
    assert not set(allocator.TUNED) & set(os.environ)
    with allocator.for_children("default"):
        assert not set(allocator.TUNED) & set(os.environ)


@glibc_only
def test_a_tuned_run_says_so_and_is_other_work(agent, tmp_path, profiled):
    arguments = [*SMALL, "--quick", "--malloc", "tuned", "--output", "tuned.json", "--lang", "en"]
    ended = agent(*arguments)
    assert ended.returncode == 0, ended.stderr.decode()
    tuned, default = read_report((tmp_path / "tuned.json").read_bytes()), read_report(profiled.body)
    assert (default.workload.malloc, tuned.workload.malloc) == ("default", "tuned")
    assert tuned.environment.allocator == allocator.TUNED
    assert "allocator tuned" in ended.stderr.decode()
    assert workload_id(tuned) != workload_id(default)
    assert tuned.workload.generated_sha256 == default.workload.generated_sha256


@glibc_only
def test_a_run_in_an_environment_of_its_own_says_so(agent, tmp_path):
    ended = agent(*SMALL, "--quick", "--quiet", "--output", "own.json", MALLOC_ARENA_MAX="1")
    assert ended.returncode == 0, ended.stderr.decode()
    document = json.loads((tmp_path / "own.json").read_bytes())
    assert document["workload"]["malloc"] == "environment"
    assert document["environment"]["allocator"] == {"MALLOC_ARENA_MAX": "1"}


@glibc_only
def test_tuned_beside_own_settings_is_refused(agent, clear):
    ended = agent(*SMALL, "--malloc", "tuned", "--lang", "en", MALLOC_ARENA_MAX="1")
    assert ended.returncode == 2
    clear(ended.stderr.decode())
