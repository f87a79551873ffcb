from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager

import httpx
from collector_reports import make_report
from collector_server import JSON
from sqlalchemy import event, text

from bitnet_collector.app import create_app
from bitnet_collector.settings import Settings


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
