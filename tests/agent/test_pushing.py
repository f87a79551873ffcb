"""`bitnet-agent push`: reports on disk, whoever wrote them, sent as what they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bitnet_report import read_report

pytestmark = pytest.mark.agent

OLD = Path(__file__).parent.parent / "golden" / "report-v0.json"
NEW = Path(__file__).parent.parent / "golden" / "report-v1.json"


@pytest.fixture
def push(here, collector):
    """Push files to an honest collector: the outcome, and what arrived."""

    def run(*arguments):
        honest = collector()
        ended = here("push", *map(str, arguments), "--collector", honest.url, "--lang", "en")
        ended.bodies = honest.bodies
        ended.url = honest.url
        return ended

    return run


class TestReportsOfThisAgent:
    def test_are_sent_byte_for_byte(self, push):
        ended = push(NEW)
        assert ended.code == 0
        assert ended.bodies == [NEW.read_bytes()]
        assert f"Delivered: {ended.url}/runs/01a20bb6-de44-73a6-80c1-69dbdd5c0815" in ended.err

    def test_odd_spelling_is_kept(self, push, tmp_path):
        body = b"\n\n  " + json.dumps(json.loads(NEW.read_bytes())).encode() + b"   "
        (tmp_path / "odd.json").write_bytes(body)
        assert push("odd.json").bodies == [body]

    def test_the_member_may_be_repeated_but_not_changed(self, push, clear):
        assert push(NEW, "--member", "WJ").bodies == [NEW.read_bytes()]
        ended = push(NEW, "--member", "LCJ")
        assert (ended.code, ended.bodies) == (2, [])
        assert "is WJ's, not LCJ's" in clear(ended.err)

    def test_the_decode_tokens_may_be_repeated_but_not_contradicted(self, push, clear):
        assert push(NEW, "--decode-tokens", "8").code == 0
        ended = push(NEW, "--decode-tokens", "9")
        assert (ended.code, ended.bodies) == (2, [])
        assert "says itself that it decoded 8 tokens" in clear(ended.err)

    @pytest.fixture
    def nobodys(self, tmp_path):
        document = json.loads(NEW.read_bytes()) | {"member": None, "later": {"n": 1e-7}}
        (tmp_path / "nobodys.json").write_text(json.dumps(document))
        return document

    def test_without_a_member_get_the_one_that_is_stated(self, push, nobodys):
        ended = push("nobodys.json", "--member", "WYC")
        assert ended.code == 0
        assert json.loads(ended.bodies[0]) == nobodys | {"member": "WYC"}
        assert push("nobodys.json", "--member", "WYC").bodies == ended.bodies  # so it is the same run

    def test_without_a_member_need_one(self, push, clear, nobodys):
        ended = push("nobodys.json")
        assert (ended.code, ended.bodies) == (2, [])
        assert "--member" in clear(ended.err)


class TestReportsOfTheOriginalScript:
    def test_get_an_id_and_their_member(self, push):
        ended = push(OLD, "--member", "LCJ")
        assert ended.code == 0
        report = read_report(ended.bodies[0])
        assert (report.member, report.schema_version) == ("LCJ", 0)
        assert report.summary.prefill_ms == 1000
        assert report.summary.decode_ms_per_token is None
        sent = json.loads(ended.bodies[0])
        assert {key: sent[key] for key in json.loads(OLD.read_bytes())} == json.loads(OLD.read_bytes())

    def test_have_the_same_id_each_time_and_another_for_another_member_or_count(self, push):
        def sent(*options):
            return push(OLD, *options).bodies[0]

        first = sent("--member", "LCJ")
        assert sent("--member", "LCJ") == first
        others = {sent("--member", "WJ"), sent("--member", "LCJ", "--decode-tokens", "62")}
        assert len({json.loads(body)["run_id"] for body in {first, *others}}) == 3

    def test_have_a_time_a_token_once_their_number_is_given(self, push):
        report = read_report(push(OLD, "--member", "LCJ", "--decode-tokens", "62").bodies[0])
        assert report.summary.decode_ms_per_token == 500
        assert report.workload.decode_tokens == 62

    def test_need_a_member(self, push, clear):
        ended = push(OLD)
        assert (ended.code, ended.bodies) == (2, [])
        assert "--member" in clear(ended.err)

    def test_saved_by_a_windows_editor_are_read_all_the_same(self, push, tmp_path):
        (tmp_path / "bom.json").write_bytes(b"\xef\xbb\xbf" + OLD.read_bytes())
        assert push("bom.json", "--member", "LCJ").code == 0


NO_REPORTS = {
    "missing": None,
    "empty": b"",
    "text": b"hello",
    "another JSON": b'{"a": 1}',
    "a list": b"[]",
    "half": NEW.read_bytes()[:700],
    "UTF-16": NEW.read_bytes().decode().encode("utf-16"),
    "NaN": NEW.read_bytes().replace(b"165.87704400035364", b"NaN"),
    "tampered": NEW.read_bytes().replace(b'"prefill_ms": 165.87704400035364', b'"prefill_ms": 1.0'),
    "from the future": NEW.read_bytes().replace(b'"schema_version": 1', b'"schema_version": 2'),
    "nested without end": b"[" * 200_000,
    "version false": b'{"schema_version": false}',
    "version text": b'{"schema_version": "1"}',
}


@pytest.mark.parametrize("name", NO_REPORTS)
def test_what_is_no_report_is_told_and_the_others_are_sent_all_the_same(push, clear, tmp_path, name):
    bad = tmp_path / "bad.json"
    if NO_REPORTS[name] is not None:
        bad.write_bytes(NO_REPORTS[name])
    ended = push("bad.json", NEW, "--member", "WJ")
    assert ended.code == 2
    assert ended.bodies == [NEW.read_bytes()]
    said = clear(ended.err)
    assert "bad.json" in said
    assert "Delivered" in said


def test_a_directory_is_told(push, clear, tmp_path):
    ended = push(tmp_path, "--member", "WJ")
    assert ended.code == 2
    assert "cannot be read" in clear(ended.err)


def test_the_first_failure_is_the_exit_code(here, closed_port, tmp_path):
    url = f"http://127.0.0.1:{closed_port}"
    once = ("--collector", url, "--retry-for", "0")
    assert here("push", str(NEW), "nowhere.json", *once).code == 5
    assert here("push", "nowhere.json", str(NEW), *once).code == 2


def test_a_collector_that_is_down_names_the_file(here, clear, closed_port):
    url = f"http://127.0.0.1:{closed_port}"
    ended = here("push", str(NEW), "--collector", url, "--retry-for", "0", "--lang", "en")
    assert ended.code == 5
    said = clear(ended.err)
    assert "report-v1.json" in said
    assert "cannot be reached" in said


def test_one_that_the_collector_had_already_is_told_so(here, collector):
    had = collector(again)
    ended = here("push", str(NEW), "--collector", had.url, "--lang", "en")
    assert ended.code == 0
    assert "The collector had it already" in ended.err


def again(body: bytes):
    import hashlib

    said = {"run_id": json.loads(body)["run_id"], "sha256": hashlib.sha256(body).hexdigest(), "durable": True}
    return 200, "application/json", json.dumps(said).encode()


def test_quiet_says_nothing_of_success_but_everything_of_failure(here, collector):
    honest = collector()
    assert here("push", str(NEW), "--collector", honest.url, "--quiet").err == ""
    ended = here("push", "nowhere.json", "--collector", honest.url, "--quiet", "--lang", "en")
    assert "nowhere.json" in ended.err


def test_in_chinese(here, collector):
    ended = here("push", str(NEW), "nowhere.json", "--collector", collector().url, "--lang", "zh")
    assert "已提交" in ended.err
    assert "错误" in ended.err


def test_the_real_program_pushes_too(agent, collector):
    honest = collector()
    ended = agent("push", str(NEW), "--collector", honest.url, "--lang", "en")
    assert ended.returncode == 0
    assert honest.bodies == [NEW.read_bytes()]
    assert ended.stdout == b""
