"""Whatever the network does, a report is stored exactly once, and the agent knows whether it is."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import faulty_proxy as fault
import pytest

from bitnet_agent.delivery import sending
from bitnet_agent.delivery.collector import deliver
from bitnet_agent.delivery.retrying import Patience
from bitnet_agent.delivery.sending import Sender
from bitnet_agent.delivery.spool import Spool
from bitnet_agent.errors import DeliveryError

PATIENT_S = 60.0  # far more than an answer takes, however slow the disk and busy the machine
SILENCE_S = 2.0  # how long to wait for a proxy that never answers
SILENT = (fault.hears_nothing, fault.keeps_silent)

PASSING = {
    "breaks off before": [fault.drops_before],
    "breaks off in the upload": [fault.drops_in_upload],
    "breaks off after the upload": [fault.drops_after_upload],
    "breaks off in the receipt": [fault.drops_in_answer],
    "breaks off after the storing": [fault.drops_after_storing],
    "does not read": [fault.hears_nothing],
    "does not answer after the storing": [fault.keeps_silent],
    "is busy": [fault.says("503 Service Unavailable", Retry_After="7")],
    "wants fewer requests": [fault.says("429 Too Many Requests", Retry_After="7")],
    "fails": [fault.says("500 Internal Server Error")],
    "is a gateway to nothing": [fault.says("502 Bad Gateway"), fault.says("504 Gateway Timeout")],
    "is full for a while": [fault.says("507 Insufficient Storage")],
    "does all of that": [
        fault.drops_before,
        fault.drops_in_upload,
        fault.says("503 Service Unavailable", Retry_After="7"),
        fault.drops_in_answer,
        fault.drops_after_storing,
        fault.keeps_silent,
    ],
}

LYING = {
    "another hash": fault.changes(rb'"sha256":"[0-9a-f]{64}"', b'"sha256":"' + b"0" * 64 + b'"'),
    "another run": fault.changes(rb'"run_id":"[0-9a-f-]{36}"', b'"run_id":"' + b"1" * 36 + b'"'),
    "no promise": fault.changes(rb'"durable":true', b'"durable":0'),
    "half a document": fault.changes(rb'"sha256".*$', b""),
    "somebody's page": fault.changes(rb"\{.*$", b"<html>Sign in to the network</html>"),
}


class Pauses:
    """Sleeps that take no time."""

    def __init__(self) -> None:
        self.seconds = []
        self.patience = Patience(
            600, now=lambda: sum(self.seconds), sleep=self.seconds.append, draw=lambda: 0.5
        )


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def spool(tmp_path) -> Spool:
    return Spool(tmp_path / "state")


@pytest.fixture
def sender(pauses) -> Sender:
    return Sender(patience=pauses.patience, silence_s=PATIENT_S)


def stored_once(collector, outgoing) -> bool:
    return (
        collector.holds(outgoing.run_id) == outgoing.body and collector.run_ids().count(outgoing.run_id) == 1
    )


@pytest.mark.parametrize("name", PASSING)
def test_a_network_that(name, collector, proxy, spool, sender, pauses, outgoing, monkeypatch):
    faulty = proxy(*PASSING[name])

    def deliver_to_it(*report, silence_s):
        return deliver(*report, silence_s=SILENCE_S if faulty.next in SILENT else silence_s)

    monkeypatch.setattr(sending, "deliver", deliver_to_it)
    receipt = sender.send(spool, spool.put(outgoing, faulty.url))
    assert receipt.sha256 == hashlib.sha256(outgoing.body).hexdigest()
    assert stored_once(collector, outgoing)
    assert spool.waiting() == []
    assert [kept.run_id for kept in spool.receipts()] == [outgoing.run_id]
    assert faulty.connections == len(PASSING[name]) + 1
    assert len(pauses.seconds) == len(PASSING[name])
    assert any(seconds >= 7 for seconds in pauses.seconds) == (
        "busy" in name or "fewer" in name or "all" in name
    )


@pytest.mark.parametrize("name", LYING)
def test_a_receipt_that_is_not_for_this_report_acknowledges_nothing(
    name, collector, proxy, spool, sender, outgoing
):
    faulty = proxy(LYING[name])
    entry = spool.put(outgoing, faulty.url)
    with pytest.raises(DeliveryError, match="not with a receipt"):
        sender.send(spool, entry)
    assert [waiting.slip.run_id for waiting in spool.waiting()] == [outgoing.run_id]
    assert spool.receipts() == []

    assert sender.send(spool, entry).already_there  # the collector had it, and tells so on being asked again
    assert stored_once(collector, outgoing)
    assert spool.waiting() == []


def test_patience_that_ends_leaves_the_report_in_the_spool(collector, proxy, spool, pauses, outgoing):
    faulty = proxy(*[fault.drops_after_storing] * 50)
    impatient = Sender(patience=replace(pauses.patience, total_s=10), silence_s=PATIENT_S)
    entry = spool.put(outgoing, faulty.url)
    with pytest.raises(DeliveryError, match="cannot be reached"):
        impatient.send(spool, entry)
    assert faulty.connections == len(pauses.seconds) + 1 > 3
    assert len(spool.waiting()) == 1
    assert stored_once(collector, outgoing)  # what the agent cannot know yet


def test_a_refusal_is_final_and_keeps_the_report(collector, proxy, spool, sender, outgoing):
    """The collector has another report under this id: it says 409, once, and the spool keeps the reason."""
    sender.send(spool, spool.put(outgoing, collector.url))
    other = replace(outgoing, body=outgoing.body + b"\n")
    honest = proxy()
    with pytest.raises(DeliveryError, match=r"\(409\)"):
        sender.send(spool, spool.put(other, honest.url))
    assert honest.connections == 1
    (kept,) = spool.refused()
    assert kept.path.read_bytes() == other.body
    assert kept.slip.status == 409
    assert collector.holds(outgoing.run_id) == outgoing.body


def test_a_report_that_waited_for_months_is_taken(collector, spool, sender, outgoing):
    late = replace(outgoing, body=outgoing.body.replace(b"2026-", b"2025-"))
    assert late.body != outgoing.body
    sender.send(spool, spool.put(late, collector.url))
    assert stored_once(collector, late)
