"""`bitnet-agent verify`: does the collector hold what it acknowledged?"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from bitnet_agent.delivery.outbox import Outgoing
from bitnet_agent.delivery.spool import Spool

pytestmark = pytest.mark.agent

REPORT = Path(__file__).parent.parent / "golden" / "report-v1.json"
OLD = Path(__file__).parent.parent / "golden" / "report-v0.json"
RUN_ID = "01a20bb6-de44-73a6-80c1-69dbdd5c0815"
RECEIPT = f"/runs/{RUN_ID}/receipt"
SHA256 = hashlib.sha256(REPORT.read_bytes()).hexdigest()


@pytest.fixture
def holding(collector):
    """A collector that holds the golden report."""
    running = collector()
    running.gives[RECEIPT] = (200, {"run_id": RUN_ID, "sha256": SHA256, "durable": True})
    return running


@pytest.fixture
def verify(here):
    return lambda *arguments: here("verify", *map(str, arguments), "--retry-for", "0", "--lang", "en")


def test_a_report_that_is_there(verify, holding):
    ended = verify(REPORT, "--collector", holding.url)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == f"stored     {REPORT}\n"


def test_one_that_is_there_with_other_bytes(verify, holding):
    holding.gives[RECEIPT][1]["sha256"] = "0" * 64
    ended = verify(REPORT, "--collector", holding.url)
    assert ended.code == 5
    assert ended.out.startswith(f"different  {REPORT}")
    assert f"bitnet-agent compare FILE {RUN_ID}" in ended.out


def test_one_that_is_not_there_and_will_not_come_by_itself(verify, collector):
    empty = collector()
    ended = verify(REPORT, "--collector", empty.url)
    assert ended.code == 5
    assert ended.out.startswith(f"missing    {REPORT}")
    assert "send its file again" in ended.out


def test_one_that_is_not_there_and_waits(verify, collector, state):
    empty = collector()
    Spool(state).put(Outgoing(RUN_ID, REPORT.read_bytes()), empty.url)
    for arguments in ([REPORT, "--collector", empty.url], ["--all"]):
        ended = verify(*arguments)
        assert ended.code == 5
        assert "it waits in the spool" in ended.out


def test_a_collector_too_old_for_receipts_is_asked_for_the_report(verify, collector, monkeypatch):
    old = collector()
    old.gives[f"/runs/{RUN_ID}.json"] = (200, json.loads(REPORT.read_bytes()))
    ended = verify(REPORT, "--collector", old.url)  # the fake spells the JSON in another way
    assert ended.out.startswith("different")
    assert old.requests == [f"GET {RECEIPT}", f"GET /runs/{RUN_ID}.json"]


def test_all_asks_for_every_receipt_where_it_came_from(here, verify, holding, collector):
    assert "No report was delivered from here" in verify("--all").out
    here("push", str(REPORT), "--collector", holding.url)
    ended = verify("--all")
    assert (ended.code, ended.out) == (0, f"stored     {RUN_ID}\n")
    assert "No report" in verify("--all", "--collector", collector().url).out

    del holding.gives[RECEIPT]  # somebody deleted the database
    ended = verify("--all", "--collector", holding.url)
    assert ended.code == 5
    assert ended.out.startswith(f"missing    {RUN_ID}")


def test_one_answer_that_fails_keeps_no_other_back(verify, holding):
    ended = verify("nowhere.json", REPORT, "--collector", holding.url)
    assert ended.code == 2
    assert "unknown    nowhere.json" in ended.out
    assert f"stored     {REPORT}" in ended.out


@pytest.mark.parametrize(
    ("status", "document"), [(503, {"detail": "busy"}), (401, {"detail": "who?"}), (404, {}), (200, {})]
)
def test_a_collector_that_does_not_say_is_not_taken_for_one_that_holds_nothing(
    verify, holding, status, document
):
    holding.gives[RECEIPT] = (status, document)
    ended = verify(REPORT, "--collector", holding.url)
    assert ended.code == 5
    assert ended.out.startswith("unknown")


def test_a_collector_that_is_down_is_said_so(verify, closed_port):
    ended = verify(REPORT, "--collector", f"http://127.0.0.1:{closed_port}")
    assert ended.code == 5
    assert "cannot be reached" in ended.out


def test_a_report_of_the_original_script_is_known_by_member_and_tokens(here, verify, collector):
    running = collector()
    whose = ("--member", "LCJ", "--decode-tokens", "62")
    here("push", str(OLD), "--collector", running.url, *whose)
    body = running.bodies[0]
    run_id = json.loads(body)["run_id"]
    receipt = {"run_id": run_id, "sha256": hashlib.sha256(body).hexdigest(), "durable": True}
    running.gives[f"/runs/{run_id}/receipt"] = (200, receipt)
    assert verify(OLD, "--collector", running.url, *whose).code == 0
    assert verify(OLD, "--collector", running.url, "--member", "WJ").code == 5  # another run


def test_json_is_for_programs(verify, holding):
    ended = verify(REPORT, "nowhere.json", "--collector", holding.url, "--json")
    stored, unknown = json.loads(ended.out)
    assert stored == {
        "report": str(REPORT), "state": "stored", "run_id": RUN_ID, "sha256": SHA256,
        "collector": holding.url, "waits": False,
    }  # fmt: skip
    assert unknown["state"] == "unknown"
    assert "cannot be read" in unknown["reason"]


def test_in_chinese(here, holding, collector):
    assert "已保存" in here("verify", str(REPORT), "--collector", holding.url, "--lang", "zh").out
    assert "缺失" in here("verify", str(REPORT), "--collector", collector().url, "--lang", "zh").out
