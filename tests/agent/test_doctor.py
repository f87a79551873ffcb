"""Doctor, on this machine and on machines with one fault each."""

from __future__ import annotations

import json
import os
import re
import socket
import string
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from bitnet_agent.doctor import examination, hub, load, machine, model, software
from bitnet_agent.doctor.finding import Finding, found
from bitnet_agent.doctor.hub import HubAnswer
from bitnet_agent.doctor.later import Later
from bitnet_agent.doctor.verdict import best_grade
from bitnet_agent.doctor.wish import Wish
from bitnet_agent.doctor.wordings import WORDINGS, sentences, wording_of
from bitnet_agent.machine.clock.clock import ClockReading
from bitnet_report import Interference

NOWHERE = "http://127.0.0.1:9"
TINY = ("--model", "stand-in:tiny")


@pytest.fixture
def quiet(monkeypatch) -> None:
    """A machine that nobody else uses, whatever happens on this one."""
    seen = Interference(wall_ms=1000.0, cpus=2, other_cores=0.01, steal_share=0.0)
    monkeypatch.setattr(examination, "watch_a_second", lambda: seen)


@pytest.fixture
def examined(here, quiet, patient_doctor):
    """Run doctor in this process and give its exit code and its findings by code."""

    def run(*arguments: str) -> SimpleNamespace:
        ended = here("doctor", *arguments, "--json", "--lang", "en")
        document = json.loads(ended.out)
        rows = {row["code"]: row for row in document["findings"]}
        return SimpleNamespace(code=ended.code, rows=rows, grade=document["best_grade"], err=ended.err)

    return run


def fields(sentence: str | None) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence or "") if name}


@pytest.mark.parametrize("code", WORDINGS)
def test_every_finding_reads_well_in_both_languages(code):
    wording = WORDINGS[code]
    english = fields(wording.message) | fields(wording.remedy)
    assert fields(wording.message_zh) | fields(wording.remedy_zh) <= english
    assert (wording.remedy is None) == (wording.remedy_zh is None) == (wording.status == "ok")
    for language in ("en", "zh"):
        message, remedy = sentences(found(code, **dict.fromkeys(english, 7)), language)
        assert message
        assert "{" not in message + (remedy or "")
    if wording.status != "ok":
        assert re.search("[一-鿿]", wording.message_zh)


def test_the_best_grade_is_the_worst_finding():
    by_status = {wording.status: Finding(code, {}) for code, wording in WORDINGS.items()}
    ok, note, doubt, bad = (by_status[status] for status in ("ok", "note", "doubt", "bad"))
    assert best_grade([ok, note]) == "A"
    assert best_grade([ok, doubt, note]) == "B"
    assert best_grade([doubt, bad]) is None


def test_a_machine_without_fault_passes(examined, tiny):
    ended = examined(*TINY)
    assert ended.code == 0
    assert ended.grade in ("A", "B")
    assert ended.err == ""
    expected = {"model-ready", "memory-enough", "compiler-works", "load-quiet", "collector-none"}
    assert expected <= set(ended.rows)


@pytest.mark.parametrize(("language", "heading"), [("en", "Compiler"), ("zh", "编译器")])
def test_the_screen_shows_each_check_with_its_remedy(here, quiet, monkeypatch, language, heading):
    monkeypatch.setattr(model, "available_memory_mb", lambda: 10.0)
    ended = here("doctor", *TINY, "--lang", language)
    assert ended.code == 4
    assert heading in ended.out
    remedy = WORDINGS["memory-short"].remedy if language == "en" else WORDINGS["memory-short"].remedy_zh
    assert f"→ {remedy}" in ended.out
    assert ended.err == ""


@pytest.mark.skipif(os.name != "posix", reason="children's processor time is POSIX's")
def test_the_real_program_answers_in_time_and_needs_no_torch(agent, tiny):
    """It ends beside a collector that takes what is asked and never answers; the rest is its own work."""
    import resource

    def spent_s() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    start = spent_s()
    for _ in range(3):  # before and after it, so that a slow machine is slow for both
        agent("--help")
    before = spent_s()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        ended = agent(
            "doctor", *TINY, "--json", "--collector", url, "--member", "WJ", PYTHONPROFILEIMPORTTIME="1"
        )
    after = spent_s()
    for _ in range(3):
        agent("--help")
    six_helps_s = before - start + spent_s() - after
    rows = {row["code"] for row in json.loads(ended.stdout)["findings"]}
    assert ended.returncode == 4
    assert "collector-unreachable" in rows
    assert b"Traceback" not in ended.stderr
    imported = {line.rpartition("|")[2].strip() for line in ended.stderr.decode().splitlines()}
    assert "bitnet_agent.doctor.examination" in imported
    assert not imported & {"torch", "transformers"}
    assert (
        after - before < 2 * six_helps_s
    )  # four times one, its compiler included; an import of torch is five


def test_a_missing_compiler_is_named(examined, monkeypatch, tmp_path):
    monkeypatch.setenv("CXX", "no-such-compiler")
    ended = examined(*TINY)
    assert ended.code == 4
    assert ended.rows["compiler-misnamed"]["values"] == {"name": "no-such-compiler"}
    monkeypatch.delenv("CXX")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "compiler-missing" in examined(*TINY).rows


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for the compiler")
def test_a_compiler_that_does_not_compile_is_found_out(examined, monkeypatch, tmp_path):
    broken = tmp_path / "g++"
    broken.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "broken 1.0" && exit 0\n'
                      'echo "fatal error: cannot do it" >&2; exit 1\n')  # fmt: skip
    broken.chmod(0o755)
    monkeypatch.setenv("CXX", str(broken))
    row = examined(*TINY).rows["compiler-fails"]
    assert row["status"] == "bad"
    assert row["values"] == {"version": "broken 1.0", "reason": "fatal error: cannot do it"}


@pytest.mark.parametrize(
    ("available", "expected", "code"),
    [(50_000.0, "memory-enough", 0), (5_700.0, "memory-tight", 0), (4_000.0, "memory-short", 4)],
)
def test_memory_is_held_against_what_the_published_model_needs(
    examined, monkeypatch, available, expected, code
):
    monkeypatch.setattr(model, "available_memory_mb", lambda: available)
    monkeypatch.setattr(examination, "ask_hub", lambda *_: HubAnswer("to-download", "a hub", 200))
    ended = examined()
    assert ended.rows[expected]["values"]["needed"] == pytest.approx(4602 + 1024, abs=1)
    assert ended.code == code
    assert ended.rows["model-to-download"]["values"]["size"] == "4.83 GB"


def test_float32_needs_a_second_copy(examined, monkeypatch):
    monkeypatch.setattr(model, "available_memory_mb", lambda: 10_000.0)
    monkeypatch.setattr(examination, "ask_hub", lambda *_: HubAnswer("to-download", "a hub", 200))
    assert examined("--dtype", "float32").rows["memory-short"]["values"]["needed"] > 14_000


def test_a_full_disk_is_seen_before_the_download(examined, monkeypatch):
    monkeypatch.setattr(model.shutil, "disk_usage", lambda _: SimpleNamespace(free=10**9))
    monkeypatch.setattr(examination, "ask_hub", lambda *_: HubAnswer("to-download", "a hub", 200))
    ended = examined()
    assert ended.rows["disk-short"]["values"] == {
        "needed": pytest.approx(4.93, abs=0.01), "free": 1.0, "variable": "HF_HOME"
    }  # fmt: skip
    assert ended.code == 4


def test_offline_and_not_in_the_cache_is_bad(agent):
    ended = agent("doctor", "--json", "--lang", "zh", HF_HUB_OFFLINE="1")
    rows = {row["code"]: row for row in json.loads(ended.stdout)["findings"]}
    assert ended.returncode == 4
    assert "HF_HUB_OFFLINE" in rows["model-offline"]["remedy"]
    assert "memory-enough" in rows or "memory-short" in rows or "memory-tight" in rows


@pytest.mark.parametrize(
    ("model_name", "reason"),
    [("./nowhere", "there is no directory"), ("stand-in:huge", "no stand-in of size"), ("~nobody/x", "")],
)
def test_a_model_that_cannot_be_meant_is_said_so(examined, model_name, reason):
    row = examined("--model", model_name).rows["model-unusable"]
    assert reason in row["message"]


def test_a_damaged_directory_is_found_out(examined, tiny_copy):
    weights = tiny_copy / "model.safetensors"
    os.truncate(weights, weights.stat().st_size // 2)
    row = examined("--model", str(tiny_copy)).rows["model-unusable"]
    assert "cut short" in row["message"]


def test_a_collector_is_reached_or_not(examined, tiny, collector):
    rows = examined(*TINY, "--collector", NOWHERE).rows
    assert {"collector-unreachable", "member-missing", "token-none"} <= set(rows)

    running = collector()
    answers = running.gives["/health"][1]
    ended = examined(*TINY, "--collector", running.url, "--member", "WJ")
    assert ended.rows["collector-ready"]["values"]["version"] == "9.9"
    assert ended.code == 0

    running.gives["/health"] = (200, answers | {"schema_versions": [0]})
    assert "collector-old" in examined(*TINY, "--collector", running.url, "--member", "WJ").rows
    running.gives["/health"] = (200, [])
    assert "collector-stranger" in examined(*TINY, "--collector", running.url, "--member", "WJ").rows


MEMBER = {"role": "member", "may": ["read", "submit"]}
ANYBODY = {"role": "anonymous", "member": None}
UNKNOWN = {"type": "urn:x", "title": "Unauthorized", "detail": "the token is not known here"}


@pytest.mark.parametrize(
    ("token", "status", "document", "expected", "code"),
    [
        (True, 200, MEMBER | {"member": "WJ"}, "token-valid", 0),
        (True, 200, {"role": "admin", "member": None, "may": ["read", "submit", "delete"]}, "token-valid", 0),
        (True, 200, MEMBER | {"member": "LCJ"}, "token-of-another", 4),
        (True, 200, MEMBER | {"member": "WJ", "may": ["read"]}, "token-may-not-submit", 4),
        (True, 401, UNKNOWN, "token-invalid", 4),
        (True, 403, UNKNOWN, "token-invalid", 4),
        (True, 200, ANYBODY | {"may": ["read", "submit"]}, "token-not-asked", 0),
        (True, 404, UNKNOWN, "token-not-asked", 0),
        (True, 503, UNKNOWN, "token-untold", 0),
        (False, 200, ANYBODY | {"may": ["read", "submit"]}, "token-not-needed", 0),
        (False, 200, ANYBODY | {"may": ["read"]}, "token-required", 4),
        (False, 200, ANYBODY | {"may": "submit"}, "token-required", 4),
        (False, 401, UNKNOWN, "token-required", 4),
        (False, 404, UNKNOWN, "token-not-needed", 0),
    ],
)
def test_a_members_token_is_valid_or_it_is_said_why_not(
    examined, tiny, collector, monkeypatch, token, status, document, expected, code
):
    running = collector()
    running.gives["/whoami"] = (status, document)
    if token:
        monkeypatch.setenv("BITNET_TOKEN", "secret")
    ended = examined(*TINY, "--collector", running.url, "--member", "WJ")
    assert expected in ended.rows
    assert ended.code == code
    assert running.tokens == [None, "Bearer secret" if token else None]  # health, whoami
    assert "secret" not in json.dumps(ended.rows)


def test_the_spool_is_looked_at_where_a_collector_is_named(examined, tiny, collector, state, tmp_path):
    from bitnet_agent.delivery.outbox import Outgoing
    from bitnet_agent.delivery.spool import Spool

    options = (*TINY, "--collector", collector().url, "--member", "WJ")
    assert "spool-empty" in examined(*options).rows
    spool = Spool(state)
    entries = [spool.put(Outgoing("0" * 8 + f"-0000-7000-8000-{n:012}", b"{}"), NOWHERE) for n in range(3)]
    spool.refuse(entries[0], 422, "no")
    ended = examined(*options)
    assert ended.code == 0
    assert (ended.rows["spool-waiting"]["values"]["n"], ended.rows["spool-refused"]["values"]["n"]) == (2, 1)
    assert not any(code.startswith("spool") for code in examined(*TINY).rows)


def test_a_spool_that_cannot_be_written_keeps_reports_from_being_delivered(
    examined, tiny, collector, tmp_path, monkeypatch
):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("BITNET_AGENT_STATE", str(tmp_path / "file"))
    ended = examined(*TINY, "--collector", collector().url, "--member", "WJ")
    assert ended.code == 4
    assert ended.rows["spool-unusable"]["status"] == "bad"


def test_without_a_collector_a_token_is_not_tried(examined, tiny, monkeypatch):
    assert "token-none" in examined(*TINY).rows
    monkeypatch.setenv("BITNET_TOKEN", "secret")
    assert "token-not-tried" in examined(*TINY).rows


@pytest.mark.skipif(os.name != "posix", reason="the rights of a file are POSIX's")
def test_what_exposes_a_token_is_a_note(examined, tiny, tmp_path):
    file = tmp_path / "token"
    file.write_text("secret\n")
    file.chmod(0o644)
    options = ("--collector", "http://collector.invalid:8000", "--member", "WJ", "--token-file", str(file))
    rows = examined(*TINY, *options).rows
    assert {"token-file-open", "token-in-clear"} <= set(rows)
    file.chmod(0o600)
    assert "token-file-open" not in examined(*TINY, *options).rows


def test_a_question_without_an_answer_is_not_waited_for():
    never = Later(threading.Event().wait)
    assert never.answer(time.monotonic() + 0.1) is None
    with pytest.raises(ZeroDivisionError):
        Later(lambda: 1 // 0).answer(time.monotonic() + 60)


def test_a_look_that_fails_hides_no_other(examined, monkeypatch, tiny):
    def fail(*_):
        raise RuntimeError("a driver that nobody foresaw")

    monkeypatch.setattr(examination, "look_at_governor", fail)
    ended = examined(*TINY)
    assert ended.rows["look-failed"]["values"] == {"what": "governor", "reason": "RuntimeError"}
    assert "threads-fine" in ended.rows


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"other_cores": 0.01}, {"load-quiet", "mains", "temperature-unknown"}),
        ({"other_cores": 0.1}, {"load-some", "mains", "temperature-unknown"}),
        ({"other_cores": 0.9, "on_battery": True}, {"load-heavy", "battery", "temperature-unknown"}),
        ({"steal_share": 0.02, "temperature_after_c": 50.0},
         {"load-unknown", "steal-some", "mains", "temperature-fine"}),
        ({"other_cores": 0.0, "steal_share": 0.2, "temperature_after_c": 90.0},
         {"load-quiet", "steal-heavy", "mains", "temperature-high"}),
    ],
    ids=str,
)  # fmt: skip
def test_the_machine_now_is_judged_as_a_run_would_be(figures, expected):
    findings = load.judge_load(Interference(wall_ms=1000.0, **figures))
    assert {finding.code for finding in findings} == expected


@pytest.mark.parametrize(
    ("reading", "advertised", "virtual", "expected"),
    [
        (ClockReading(None, None), None, True, "clock-unknown"),
        (ClockReading(2600.0, "advertised"), 2600.0, True, "clock-is-tsc"),
        (ClockReading(2600.0, "advertised"), 2600.0, False, "clock-advertised"),
        (ClockReading(4100.0, "dependent-chain"), 2600.0, True, "clock-differs"),
        (ClockReading(2650.0, "dependent-chain"), 2600.0, False, "clock-measured"),
        (ClockReading(2650.0, "perf-cycles"), None, False, "clock-only-measured"),
    ],
)
def test_a_clock_is_judged_by_its_source(reading, advertised, virtual, expected):
    finding = machine.judge_clock(reading, advertised, virtual=virtual)
    assert finding.code == expected
    assert sentences(finding, "en")[0]


@pytest.mark.parametrize(
    ("governor", "driver", "expected"),
    [
        (None, None, "governor-unknown"), ("performance", "acpi-cpufreq", "governor-fine"),
        ("powersave", "intel_pstate", "governor-fine"), ("powersave", "acpi-cpufreq", "governor-low"),
        ("schedutil", "acpi-cpufreq", "governor-adapts"),
    ],
)  # fmt: skip
def test_a_governor_is_judged_by_its_driver(tmp_path, governor, driver, expected):
    folder = tmp_path / "sys/devices/system/cpu/cpu0/cpufreq"
    folder.mkdir(parents=True)
    if governor:
        (folder / "scaling_governor").write_text(governor)
        (folder / "scaling_driver").write_text(driver)
    finding = machine.look_at_governor(tmp_path)
    assert finding.code == expected
    assert sentences(finding, "zh")[0]


def test_threads_beyond_the_cores_are_a_doubt(examined, tiny):
    row = examined(*TINY, "--threads", str(4 * (os.cpu_count() or 1))).rows["threads-too-many"]
    assert row["status"] == "doubt"


def test_versions_are_held_against_what_is_needed_and_tested(monkeypatch):
    installed = {"torch": "2.5.1+cpu", "transformers": "5.99.0", "psutil": "6.0"}
    monkeypatch.setattr(software, "version", lambda name: installed.get(name) or _missing(name))
    least = {"torch": "2.6", "psutil": "6.0", "rich": "13.7"}
    monkeypatch.setattr(software, "_least_versions", lambda: least)
    monkeypatch.setattr(software, "_tested_versions", lambda: {"transformers": ["5.20.2", "5.23.0"]})
    findings = {finding.code: finding.values for finding in software.look_at_versions()}
    assert findings == {
        "version-old": {"package": "torch", "version": "2.5.1+cpu", "least": "2.6"},
        "version-untested": {"package": "transformers", "version": "5.99.0", "tested": "5.20.2 / 5.23.0"},
        "version-missing": {"package": "rich"},
    }


def _missing(name: str) -> str:
    raise software.PackageNotFoundError(name)


def test_the_package_knows_its_own_requirements():
    assert {"torch", "transformers", "psutil"} <= set(software._least_versions())


def test_the_cache_of_compiled_code_is_cold_until_it_holds_something(monkeypatch, tmp_path):
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    assert software.look_at_cache().code == "cache-cold"
    (tmp_path / "fxgraph" / "ab").mkdir(parents=True)
    assert software.look_at_cache().code == "cache-warm"


@pytest.mark.parametrize(("status", "kind"), [(200, "to-download"), (307, "to-download"), (404, "refused")])
def test_the_hub_is_asked_for_one_head(monkeypatch, status, kind):
    import httpx

    asked = []
    monkeypatch.setattr(
        httpx, "head", lambda url, **_: asked.append(url) or SimpleNamespace(status_code=status)
    )
    answer = hub.ask_hub("some/model", "v1")
    assert (answer.kind, answer.status) == (kind, status)
    assert len(asked) == 1
    assert asked[0].endswith("/some/model/resolve/v1/config.json")


def test_a_name_that_no_hub_can_have_is_refused_without_asking():
    assert hub.ask_hub("not//a hub id", None).kind == "refused"


def test_a_hub_that_cannot_be_reached_says_so(monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", NOWHERE)
    assert hub.ask_hub("some/model", None) == HubAnswer("unreachable", NOWHERE)


def test_only_a_model_that_is_nowhere_here_needs_the_hub(tiny):
    assert not model.is_on_hub_only(Wish(model="stand-in:2b4t"))
    assert not model.is_on_hub_only(Wish(model=str(tiny)))
    assert model.is_on_hub_only(Wish(model="some/model"))
    assert wording_of(found("model-to-make")).status == "ok"


@pytest.mark.parametrize(
    ("quota", "threads", "code"),
    [(0.6, None, "threads-held-back"), (1.5, 2, "threads-held-back"), (2.0, 2, "threads-fine")],
)
def test_a_quota_that_holds_the_threads_back_is_told(monkeypatch, quota, threads, code):
    from bitnet_agent.doctor import machine
    from bitnet_agent.machine.processor.topology import LogicalCpu, Topology

    two = Topology((LogicalCpu(0, 0), LogicalCpu(1, 1)), frozenset({0, 1}), quota, True)
    monkeypatch.setattr(machine, "read_topology", lambda: two)
    assert machine.look_at_threads(threads).code == code
