"""`bitnet-agent push --all` and the spool under it: nothing leaves it without a receipt, nothing is lost."""

from __future__ import annotations

import errno
import json
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest

from bitnet_agent.delivery import receipt_files
from bitnet_agent.delivery.outbox import Outgoing
from bitnet_agent.delivery.report_file import write_durably
from bitnet_agent.delivery.spool import Spool
from bitnet_agent.errors import DeliveryError, EnvironmentFaultError
from bitnet_agent.state_directory import state_directory
from bitnet_report import new_run_id

pytestmark = pytest.mark.agent

GOLDEN = Path(__file__).parent.parent / "golden" / "report-v1.json"
COLLECTOR = "http://127.0.0.1:8000"


def some_report(minutes: int = 0) -> Outgoing:
    moment = datetime(2026, 3, 1, 8, tzinfo=timezone.utc) + timedelta(minutes=minutes)
    run_id = new_run_id(int(moment.timestamp() * 1000))
    document = json.loads(GOLDEN.read_bytes()) | {"run_id": run_id}
    return Outgoing(run_id, json.dumps(document).encode())


def refusing(status: int, detail: str):
    problem = {"type": "urn:x", "title": "No", "status": status, "detail": detail, "remedy": "do otherwise"}
    return lambda _: (status, "application/problem+json", json.dumps(problem).encode())


@pytest.fixture
def spool(state) -> Spool:
    return Spool(state)


@pytest.fixture
def push_all(here):
    def run(*arguments: str) -> SimpleNamespace:
        return here("push", "--all", "--retry-for", "0", "--lang", "en", *arguments)

    return run


def test_each_report_goes_to_the_collector_that_it_was_meant_for(push_all, spool, collector):
    first, second = collector(), collector()
    reports = [some_report(n) for n in range(4)]
    for n, report in enumerate(reports):
        spool.put(report, (first, second)[n % 2].url)
    ended = push_all()
    assert ended.code == 0
    assert first.bodies == [reports[0].body, reports[2].body]
    assert second.bodies == [reports[1].body, reports[3].body]
    assert ended.err.count("Delivered: ") == 4
    assert spool.waiting() == []
    assert {kept.collector for kept in spool.receipts()} == {first.url, second.url}


def test_all_of_them_can_be_sent_elsewhere(push_all, spool, collector, closed_port):
    moved = collector()
    report = some_report()
    spool.put(report, f"http://127.0.0.1:{closed_port}")
    assert push_all("--collector", moved.url).code == 0
    assert moved.bodies == [report.body]
    assert spool.waiting() == []
    assert [kept.collector for kept in spool.receipts()] == [moved.url]


def test_a_collector_that_is_down_is_tried_once_and_the_others_get_theirs(
    push_all, spool, collector, closed_port, clear
):
    down, honest = f"http://127.0.0.1:{closed_port}", collector()
    for n in range(3):
        spool.put(some_report(n), down)
    spool.put(some_report(9), honest.url)
    ended = push_all()
    assert ended.code == 5
    assert "cannot be reached" in clear(ended.err)  # one error for three reports
    assert ended.err.count(f"waits: nothing more was sent to {down}") == 2
    assert len(honest.bodies) == 1
    assert len(spool.waiting()) == 3


def test_an_unknown_token_is_shown_once_and_not_for_every_report(push_all, spool, collector):
    suspicious = collector(refusing(401, "who are you?"))
    for n in range(3):
        spool.put(some_report(n), suspicious.url)
    assert push_all().code == 5
    assert suspicious.requests == ["POST /runs"]
    assert (len(spool.waiting()), len(spool.refused())) == (2, 1)


def test_a_report_that_is_refused_keeps_no_other_back_and_is_not_sent_again(push_all, spool, collector):
    picky = collector(refusing(422, "a stage is missing"))
    for n in range(2):
        spool.put(some_report(n), picky.url)
    ended = push_all()
    assert ended.code == 5
    assert len(picky.bodies) == 2
    assert ended.err.count("a stage is missing") == 2
    assert f"2 refused, kept with their reasons in {spool.refused_folder}" in ended.err

    ended = push_all()
    assert ended.code == 0
    assert len(picky.bodies) == 2
    assert "Nothing waits in the spool." in ended.err
    assert "2 refused" in ended.err
    slip = spool.refused()[0].slip
    assert (slip.status, slip.collector) == (422, picky.url)
    assert "a stage is missing" in slip.reason


def test_a_refused_report_waits_again_when_it_is_put_again(spool):
    report = some_report()
    entry = spool.put(report, COLLECTOR)
    spool.refuse(entry, 422, "no")
    assert spool.waiting() == []
    spool.put(report, COLLECTOR)
    assert [waiting.slip.status for waiting in spool.waiting()] == [None]
    assert spool.refused() == []


def test_the_same_report_waits_once_for_each_collector(spool):
    report = some_report()
    first = spool.put(report, COLLECTOR)
    assert spool.put(report, COLLECTOR).path == first.path
    assert len(spool.waiting()) == 1
    spool.put(report, "http://127.0.0.1:9000")
    assert len(spool.waiting()) == 2


def test_the_spool_is_its_owners_alone(spool):
    entry = spool.put(some_report(), COLLECTOR)
    if os.name == "posix":
        assert entry.path.stat().st_mode & 0o077 == 0
        assert entry.path.parent.stat().st_mode & 0o077 == 0


def test_a_spooled_report_that_was_changed_is_not_sent(push_all, spool, collector, clear):
    honest = collector()
    entry = spool.put(some_report(), honest.url)
    entry.path.write_bytes(entry.path.read_bytes().replace(b'"WJ"', b'"XX"'))
    ended = push_all()
    assert ended.code == 5
    assert "was changed after it was written" in clear(ended.err)
    assert honest.bodies == []
    assert len(spool.refused()) == 1


@pytest.mark.parametrize("damage", ["missing", "not JSON", "another document", "no run's id"])
def test_a_report_without_its_slip_is_told_and_keeps_no_other_back(
    push_all, spool, collector, clear, here, damage
):
    honest = collector()
    stray, other = spool.put(some_report(1), honest.url), spool.put(some_report(2), honest.url)
    slip = stray.path.with_suffix(".slip")
    if damage == "missing":
        slip.unlink()
    elif damage == "no run's id":
        slip.write_text(slip.read_text().replace(stray.slip.run_id, "../../elsewhere"))
    else:
        slip.write_text({"not JSON": "{", "another document": "[]"}[damage])
    ended = push_all()
    assert ended.code == 4
    assert "has lost the slip" in clear(ended.err)
    assert [json.loads(body)["run_id"] for body in honest.bodies] == [other.slip.run_id]
    assert here("push", str(stray.path), "--collector", honest.url).code == 0


def test_an_entry_that_another_agent_holds_is_left_to_it(push_all, spool, collector, clear):
    honest = collector()
    entry = spool.put(some_report(), honest.url)
    with spool.claim(entry.name, timeout_s=0) as mine:
        assert mine
        ended = push_all()
        assert ended.code == 5
        assert "another bitnet-agent" in clear(ended.err)
        assert honest.bodies == []
    assert push_all().code == 0
    assert len(honest.bodies) == 1


def test_what_another_agent_has_sent_meanwhile_is_as_good_as_sent(spool, collector):
    from bitnet_agent.delivery.sending import Sender

    honest = collector()
    entry = spool.put(some_report(), honest.url)
    Sender().send(spool, entry)
    assert Sender().send(spool, entry).already_there
    assert len(honest.bodies) == 1


def test_what_another_agent_was_refused_meanwhile_is_refused(spool, collector):
    from bitnet_agent.delivery.sending import Sender

    entry = spool.put(some_report(), collector().url)
    spool.refuse(entry, 422, "not like this")
    with pytest.raises(DeliveryError, match="not like this"):
        Sender().send(spool, entry)


def test_a_run_mentions_what_still_waits(here, spool, collector, closed_port):
    spool.put(some_report(), f"http://127.0.0.1:{closed_port}")
    ended = here(
        "--model", "stand-in:tiny", "--prompt-tokens", "8", "--decode-tokens", "2", "--quick",
        "--threads", "1", "--member", "WJ", "--collector", collector().url, "--lang", "en",
    )  # fmt: skip
    assert ended.code == 0
    assert "1 more waiting in the spool; send with: bitnet-agent push --all" in ended.err


def test_push_says_all_of_it_in_chinese(here, spool, collector):
    picky = collector(refusing(422, "x"))
    spool.put(some_report(), picky.url)
    said = here("push", "--all", "--retry-for", "0", "--lang", "zh").err
    assert "份被拒绝的报告" in said
    assert "待发队列为空" in here("push", "--all", "--lang", "zh").err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["push", "--all", "report.json"], "cannot be given together"),
        (["push", "--all", "--member", "WJ"], "belong to a FILE"),
        (["verify"], "FILE, or --all"),
        (["verify", "report.json"], "--collector"),
        (["push", "--all", "--retry-for", "-1"], "no time from 0 to 24h"),
        (["push", "--all", "--retry-for", "25h"], "no time from 0 to 24h"),
    ],
)
def test_what_does_not_belong_together_is_a_usage_error(here, arguments, told):
    ended = here(*arguments)
    assert ended.code == 2
    assert told in ended.err


def test_receipts_are_kept_for_the_newest_runs_only(spool, monkeypatch):
    monkeypatch.setattr(receipt_files, "RECEIPTS_KEPT", 3)
    for n in range(5):
        spool.settle(spool.put(some_report(n), COLLECTOR))
    minutes = [int(kept.run_id.replace("-", "")[:12], 16) // 60_000 % 60 for kept in spool.receipts()]
    assert minutes == [2, 3, 4]


def test_a_full_disk_leaves_nothing_half_done_and_says_how_to_go_on(spool, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    entry = spool.put(some_report(1), COLLECTOR)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentFaultError, match="No space left") as error:
        spool.put(some_report(2), COLLECTOR)
    assert "BITNET_AGENT_STATE" in error.value.remedy
    with pytest.raises(EnvironmentFaultError, match="No space left"):
        spool.settle(entry)
    assert [waiting.path for waiting in spool.waiting()] == [entry.path]
    assert spool.receipts() == []


def test_a_directory_that_cannot_be_flushed_is_no_fault(tmp_path, monkeypatch):
    """Some network file systems refuse it; the file itself was flushed."""
    real = os.fsync

    def fsync(handle: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{handle}"):  # noqa: PTH112
            raise OSError(errno.EINVAL, "Invalid argument")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    write_durably(tmp_path / "file", b"content")
    assert (tmp_path / "file").read_bytes() == b"content"


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"BITNET_AGENT_STATE": "/stated"}, "/stated"),
        ("linux", {"XDG_STATE_HOME": "/xdg"}, "/xdg/bitnet-agent"),
        ("linux", {}, "/home/x/.local/state/bitnet-agent"),
        ("darwin", {"XDG_STATE_HOME": "/xdg"}, "/home/x/Library/Application Support/bitnet-agent"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/bitnet-agent-state"),
        ("win32", {}, "/home/x/AppData/Local/bitnet-agent-state"),
    ],
)
def test_the_state_is_where_the_platform_keeps_such(monkeypatch, platform, variables, expected):
    for name in ("BITNET_AGENT_STATE", "XDG_STATE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/x"))
    assert state_directory() == Path(expected)
