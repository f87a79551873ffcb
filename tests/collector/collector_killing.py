"""Killing what stores reports in the middle of concurrent ingest, and auditing what is there afterwards."""

from __future__ import annotations

import hashlib
import os
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Condition, Event, Thread

import httpx
import psutil
from collector_postgres import PostgresServer
from collector_reports import START, make_report
from collector_server import JSON, Server
from sqlmodel import select

from bitnet_collector.columns import run_columns
from bitnet_collector.database import open_database
from bitnet_collector.tables import Latest, RawReport, Run
from bitnet_report import new_run_id, read_report

CLIENTS = 6
PLACEHOLDER = "01900000-0000-7000-8000-00000000000f"


@dataclass
class Ledger:
    """Every body that was sent, by run_id, and every receipt that came back."""

    sent: dict[str, bytes] = field(default_factory=dict)
    receipts: dict[str, dict] = field(default_factory=dict)
    audited: set[str] = field(default_factory=set)
    changed: Condition = field(default_factory=Condition)

    def acknowledge(self, run_id: str, receipt: dict) -> None:
        with self.changed:
            self.receipts[run_id] = receipt
            self.changed.notify_all()

    def wait_for(self, receipts: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.receipts) >= receipts, timeout=200), (
                "no receipts come any more"
            )


@dataclass(frozen=True)
class Audit:
    """Reports with a receipt, and those without one that are there whole, or not at all."""

    acknowledged: int
    whole: int
    absent: int


class Bodies:
    """Reports of three members and about 7 KB, each with an id and a moment of its own."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._templates = [
            make_report(member, run_id=PLACEHOLDER, measured_at=START + timedelta(hours=hour)).to_json()
            for hour, member in enumerate(("WJ", "WYC", "LCJ", "WJ"))
        ]

    def next(self) -> tuple[str, bytes]:
        run_id = new_run_id()
        template = self._random.choice(self._templates)
        return run_id, template.replace(PLACEHOLDER.encode(), run_id.encode())


def ingest_and_kill(
    server: Server,
    ledger: Ledger,
    bodies: Bodies,
    kill: Callable[[], None],
    *,
    before: int,
    after: int = 0,
) -> None:
    """Submit from several clients, kill once `before` more receipts are there, go on for `after` more."""
    ended, surprises = Event(), list[str]()
    address = f"{server.url}/runs"

    def submit() -> None:
        with httpx.Client(timeout=60) as client:
            while not ended.is_set():
                with ledger.changed:
                    run_id, body = bodies.next()
                    ledger.sent[run_id] = body
                try:
                    answer = client.post(address, content=body, headers=JSON)
                except httpx.HTTPError:
                    ended.wait(0.02)
                    continue
                if answer.status_code == 201:
                    ledger.acknowledge(run_id, answer.json())
                elif answer.status_code == 503:
                    ended.wait(0.02)
                else:
                    surprises.append(answer.text)

    clients = [Thread(target=submit) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        ledger.wait_for(len(ledger.receipts) + before)
        kill()
        if after:
            ledger.wait_for(len(ledger.receipts) + after)
    finally:
        ended.set()
        for client in clients:
            client.join()
    assert surprises == []


def audit(url: str, ledger: Ledger) -> Audit:
    """Hold the database against what was sent since the last audit; AssertionError where they differ."""
    new = {run_id: body for run_id, body in ledger.sent.items() if run_id not in ledger.audited}
    database = open_database(url)
    with database.reading() as session:
        stored = {raw.run_id: raw for raw in session.exec(select(RawReport)) if raw.run_id in new}
        runs = {run.run_id: run for run in session.exec(select(Run))}
        raws = set(session.exec(select(RawReport.run_id)))
        latest = {(row.workload_id, row.member): row for row in session.exec(select(Latest))}
    database.dispose()
    assert set(runs) == raws, "half a report is stored"
    assert raws <= set(ledger.sent), "something is stored that nobody sent"
    lost = (set(ledger.receipts) & ledger.audited | set(ledger.receipts) & set(new)) - raws
    assert not lost, f"acknowledged and lost: {lost}"
    for run_id, raw in stored.items():
        body = new[run_id]
        assert raw.body == body
        assert raw.sha256 == hashlib.sha256(body).hexdigest()
        if run_id in ledger.receipts:
            assert ledger.receipts[run_id] == {"run_id": run_id, "sha256": raw.sha256, "durable": True}
        report = read_report(body)
        columns = run_columns(report, report.member, raw.sha256, raw.received_at)
        assert columns.model_dump() == runs[run_id].model_dump()
    _audit_latest(runs.values(), latest)
    ledger.audited |= set(new)
    unacknowledged = set(new) - set(ledger.receipts)
    return Audit(
        acknowledged=len(set(new) & set(ledger.receipts)),
        whole=len(unacknowledged & raws),
        absent=len(unacknowledged - raws),
    )


def _audit_latest(runs, latest) -> None:
    expected: dict[tuple[str, str], list] = {}
    for run in runs:
        expected.setdefault((run.workload_id, run.member), []).append((run.measured_at, run.run_id))
    found = {key: (row.measured_at, row.run_id, row.runs) for key, row in latest.items()}
    assert found == {key: (*max(own), len(own)) for key, own in expected.items()}


def send_again(server: Server, ledger: Ledger) -> None:
    """Send every report that got no receipt: each gets the one that it would have got."""
    for run_id in set(ledger.sent) - set(ledger.receipts):
        answers = [server.submit(ledger.sent[run_id]) for _ in range(2)]
        assert [answer.status_code for answer in answers] in ([200, 200], [201, 200])
        assert answers[0].json() == answers[1].json()
        assert answers[0].json()["sha256"] == hashlib.sha256(ledger.sent[run_id]).hexdigest()
        ledger.acknowledge(run_id, answers[0].json())


def kill_rounds(
    server: Server, rounds: int, seed: int, told: Callable[[str], None] = lambda _: None
) -> Ledger:
    """Kill and restart the whole server so many times, after 1 to 30 receipts each, and audit each time."""
    ledger, bodies, chance = Ledger(), Bodies(seed), random.Random(seed)
    for number in range(1, rounds + 1):

        def kill() -> None:
            server.process.send_signal(signal.SIGKILL)
            server.process.wait(60)

        ingest_and_kill(server, ledger, bodies, kill, before=chance.randint(1, 30))
        server.process.stderr.close()
        server.start()
        found = audit(server.database_url, ledger)
        send_again(server, ledger)
        told(f"kill {number:2}: {found}")
    _audit_all(server, ledger, told)
    return ledger


def kill_part_rounds(
    server: Server,
    kill: Callable[[random.Random], None],
    rounds: int,
    seed: int,
    told: Callable[[str], None] = lambda _: None,
) -> Ledger:
    """Kill a part of what runs so many times; the rest goes on and must give 20 receipts more each time."""
    ledger, bodies, chance = Ledger(), Bodies(seed), random.Random(seed)
    for number in range(1, rounds + 1):
        ingest_and_kill(server, ledger, bodies, lambda: kill(chance), before=chance.randint(1, 30), after=20)
        assert server.process.poll() is None, "the server ended with its part"
        told(f"kill {number:2}: {audit(server.database_url, ledger)}")
    send_again(server, ledger)
    _audit_all(server, ledger, told)
    return ledger


def _audit_all(server: Server, ledger: Ledger, told: Callable[[str], None]) -> None:
    """Everything once more: what a later kill would have undone of an earlier round shows here."""
    ledger.audited.clear()
    found = audit(server.database_url, ledger)
    assert found.acknowledged == len(ledger.sent)
    told(f"in the end: {found}")


def worker_killer(server: Server) -> Callable[[random.Random], None]:
    """SIGKILL for one of the processes that answer; it returns once that one is gone."""

    def kill(chance: random.Random) -> None:
        children = psutil.Process(server.process.pid).children()
        workers = [child for child in children if "spawn_main" in str(child.cmdline())]
        chosen = chance.choice(workers)
        chosen.kill()
        chosen.wait(60)

    return kill


_CONNECTED = "SELECT pid FROM pg_stat_activity WHERE application_name = 'bitnet-collector'"


def backend_killer(postgres: PostgresServer) -> Callable[[random.Random], None]:
    """SIGKILL for a process of PostgreSQL's that serves the collector.

    PostgreSQL then ends all its connections and recovers from its log, as after a loss of power.
    """

    def kill(chance: random.Random) -> None:
        os.kill(chance.choice(postgres.execute(_CONNECTED))[0], signal.SIGKILL)

    return kill


def connection_ender(postgres: PostgresServer) -> Callable[[random.Random], None]:
    """End all of the collector's connections, whatever they are in the middle of, as an administrator may."""

    def end(_chance: random.Random) -> None:
        postgres.execute(f"SELECT pg_terminate_backend(pid) FROM ({_CONNECTED}) AS connected")

    return end
