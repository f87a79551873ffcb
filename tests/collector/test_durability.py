from __future__ import annotations

import asyncio
import signal
import sqlite3
from contextlib import ExitStack, asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from collector_reports import START, make_report
from collector_server import JSON
from sqlalchemy import event, text

from bitnet_collector.app import create_app
from bitnet_collector.columns import run_columns
from bitnet_collector.database import open_database
from bitnet_collector.runs import store_run
from bitnet_collector.settings import Settings
from bitnet_collector.tables import RawReport, Run
from bitnet_report import read_report


def test_what_was_acknowledged_survives_a_kill(start_server):
    server = start_server()
    report = make_report()
    receipt = server.submit(report)
    assert receipt.status_code == 201
    assert server.signal(signal.SIGKILL) == -signal.SIGKILL
    server.start()
    assert server.client.get(f"/runs/{report.run_id}").content == report.to_json()
    again = server.submit(report)
    assert (again.status_code, again.json()) == (200, receipt.json())


def test_members_have_their_rows_from_the_first_start_and_after_a_restart(start_server):
    server = start_server("--members", "B,A")
    assert members_of(server) == ["B", "A"]
    server.submit(make_report("Z"))
    server.submit(make_report("C"))
    assert server.signal(signal.SIGTERM) == 0
    server.start()
    assert members_of(server) == ["B", "A", "C", "Z"]


def members_of(server) -> list[str]:
    return [row["member"] for row in server.client.get("/summary.json").json()["rows"]]


def test_every_connection_is_durable_and_keeps_its_references(tmp_path):
    database = open_database(f"sqlite:///{tmp_path}/runs.db", busy_timeout_ms=1234)
    with ExitStack() as stack:
        for _ in range(5):  # five at once, so that each is a connection of its own
            connection = stack.enter_context(database.engine.connect())
            found = {
                name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
                for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
            }
            assert found == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 1234, "foreign_keys": 1}
    database.dispose()


def test_a_write_holds_the_lock_from_its_first_statement(tmp_path):
    path = tmp_path / "runs.db"
    database = open_database(f"sqlite:///{path}")
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    with database.reading() as session:
        session.execute(text("SELECT 1"))
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    with database.writing() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.close()
    database.dispose()


def test_a_report_is_stored_whole_or_not_at_all(tmp_path):
    database = open_database(f"sqlite:///{tmp_path}/runs.db")
    report = make_report()
    with pytest.raises(RuntimeError), database.writing() as session:
        store_run(session, report, "WJ", report.to_json(), START)
        session.flush()
        raise RuntimeError("the process fails here")
    with database.reading() as session:
        assert session.get(Run, report.run_id) is None
        assert session.get(RawReport, report.run_id) is None
    database.dispose()


def test_the_columns_can_be_made_again_from_the_raw_report(tmp_path):
    database = open_database(f"sqlite:///{tmp_path}/runs.db")
    report = make_report(measured_at=START + timedelta(days=3))
    with database.writing() as session:
        store_run(session, report, "WJ", report.to_json(), START)
    with database.reading() as session:
        raw = session.get(RawReport, report.run_id)
        stored = session.get(Run, report.run_id).model_dump()
    again = read_report(raw.body)
    assert run_columns(again, again.member, raw.sha256, raw.received_at).model_dump() == stored
    assert stored["measured_at"] == START  # the start lies after the receipt
    database.dispose()


@asynccontextmanager
async def running(tmp_path):
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/runs.db", busy_timeout_ms=50))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://collector") as client:
            yield app, client


def test_a_busy_database_says_to_come_back(tmp_path):
    async def scenario():
        async with running(tmp_path) as (_, client):
            other = sqlite3.connect(tmp_path / "runs.db", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            body = make_report().to_json()
            refused = await client.post("/runs", content=body, headers=JSON)
            ready = await client.get("/ready")
            other.execute("ROLLBACK")
            other.close()
            return refused, ready, await client.post("/runs", content=body, headers=JSON)

    refused, ready, later = asyncio.run(scenario())
    assert refused.status_code == 503
    assert refused.json()["type"].endswith(":busy")
    assert int(refused.headers["Retry-After"]) >= 1
    assert ready.status_code == 200  # reading goes on meanwhile
    assert later.status_code == 201


def test_a_full_disk_is_told_and_nothing_is_half_stored(tmp_path):
    async def scenario():
        async with running(tmp_path) as (app, client):
            engine = app.state.database.engine

            def fill(connection, _record, _proxy):
                connection.execute("PRAGMA max_page_count = 1").close()  # SQLite: no page more than there are

            event.listen(engine, "checkout", fill)
            large = make_report(note="x" * 4000, caveats=(), decode_tokens=4000)
            full = await client.post("/runs", content=large.to_json(), headers=JSON)
            listed = await client.get("/runs")
            event.remove(engine, "checkout", fill)
            engine.dispose()
            return full, listed, await client.post("/runs", content=large.to_json(), headers=JSON)

    full, listed, later = asyncio.run(scenario())
    assert full.status_code == 507
    assert full.json()["type"].endswith(":storage-full")
    assert listed.json()["runs"] == []
    assert later.status_code == 201


def test_a_database_that_does_not_answer_makes_it_not_ready(tmp_path):
    async def scenario():
        async with running(tmp_path) as (app, client):
            with app.state.database.writing() as session:
                session.execute(text("ALTER TABLE run RENAME TO gone"))
            return await client.get("/ready"), await client.get("/health")

    ready, health = asyncio.run(scenario())
    assert ready.status_code == 503
    assert ready.json()["type"].endswith(":unavailable")
    assert health.status_code == 200


def test_an_error_nobody_foresaw_is_a_problem_document_without_its_details(tmp_path):
    async def scenario():
        async with running(tmp_path) as (app, client):
            del app.state.settings
            return await client.get("/members")

    answer = asyncio.run(scenario())
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "settings" not in answer.text
