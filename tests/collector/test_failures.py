from __future__ import annotations

import asyncio
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import httpx
import pytest
from collector_reports import make_report
from collector_server import JSON, ONLY_SQLITE, execute
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError

from bitnet_collector.app import create_app
from bitnet_collector.database import Failure, failure_of, open_database
from bitnet_collector.settings import Settings

SHORT_MS = 1000
"""How long a test waits for what stays busy. PostgreSQL's statements get four times as long, those that must
succeed as well: with less, one that is slow on a busy machine is refused.
"""


@asynccontextmanager
async def running(url, **settings):
    app = create_app(Settings(database_url=url, **settings))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            yield app, client


def assert_busy(answer):
    assert answer.status_code == 503
    assert answer.json()["type"].endswith(":busy")
    assert int(answer.headers["Retry-After"]) >= 1


@contextmanager
def someone_writing(url):
    """Another program is in the middle of a write."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    engine = create_engine(url)
    with engine.connect() as other:
        other.execute(text("LOCK TABLE latest IN EXCLUSIVE MODE"))
        yield
    engine.dispose()


def test_a_busy_database_says_to_come_back(database_url):
    async def scenario():
        async with running(database_url, busy_timeout_ms=SHORT_MS) as (_, client):
            body = make_report().to_json()
            with someone_writing(database_url):
                refused = await client.post("/runs", content=body, headers=JSON)
                ready = await client.get("/ready")
            return refused, ready, await client.post("/runs", content=body, headers=JSON)

    refused, ready, later = asyncio.run(scenario())
    assert_busy(refused)
    assert ready.status_code == 200  # reading goes on meanwhile
    assert later.status_code == 201


PROBE = """CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'as told' USING ERRCODE = '{}'; END $$"""
TRIGGER = "CREATE TRIGGER failing BEFORE INSERT ON latest EXECUTE FUNCTION fail()"


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("40001", 503, "busy"),  # serialization failure
        ("40P01", 503, "busy"),  # deadlock
        ("55P03", 503, "busy"),  # lock_timeout
        ("57014", 503, "busy"),  # statement_timeout
        ("53300", 503, "busy"),  # too many connections
        ("53100", 507, "storage-full"),
        ("57P01", 503, "unavailable"),  # an administrator ended the connection
        ("25006", 503, "unavailable"),  # a replica, which takes no writes
        ("42P01", 503, "unavailable"),  # a table is gone
        ("23505", 500, "internal"),
    ],
)
def test_what_postgresql_reports_is_told_apart(postgres, code, status, kind):
    url = postgres.new_database()

    async def scenario():
        async with running(url) as (_, client):
            execute(url, PROBE.format(code), TRIGGER)
            body = make_report().to_json()
            failed = await client.post("/runs", content=body, headers=JSON)
            listed = await client.get("/runs")
            execute(url, "DROP TRIGGER failing ON latest")
            return failed, listed, await client.post("/runs", content=body, headers=JSON)

    failed, listed, later = asyncio.run(scenario())
    assert failed.status_code == status
    assert failed.json()["type"].endswith(f":{kind}")
    assert ("Retry-After" in failed.headers) == (status == 503)
    assert "as told" not in failed.text
    assert listed.json()["runs"] == []
    assert later.status_code == 201


def test_a_server_without_a_connection_to_spare_is_busy(postgres):
    url = postgres.new_database()
    open_database(url).dispose()
    name = url.rpartition("/test")[2].partition("?")[0]
    postgres.execute(f"CREATE ROLE few{name} LOGIN CONNECTION LIMIT 1 IN ROLE bitnet")
    limited = url.replace("//bitnet@", f"//few{name}@")

    first, second = create_engine(limited), create_engine(limited)
    with first.connect(), pytest.raises(OperationalError) as refused:
        second.connect()
    first.dispose()
    assert failure_of(refused.value) is Failure.BUSY


def test_a_postgresql_server_that_went_away_is_told_and_found_again(own_postgres):
    url = own_postgres.new_database()

    async def scenario():
        async with running(url) as (_, client):
            body = make_report().to_json()
            before = await client.get("/ready")
            own_postgres.stop("immediate")
            gone = await client.post("/runs", content=body, headers=JSON), await client.get("/ready")
            own_postgres.start()
            return before, gone, await client.post("/runs", content=body, headers=JSON)

    before, gone, later = asyncio.run(scenario())
    assert before.status_code == 200
    for answer in gone:
        assert answer.status_code == 503
        assert answer.json()["type"].endswith(":unavailable")
        assert int(answer.headers["Retry-After"]) >= 1
    assert later.status_code == 201


def test_a_full_database_is_told_and_nothing_is_half_stored(tmp_path):
    async def scenario():
        async with running(f"sqlite:///{tmp_path}/runs.db") as (app, client):
            engine = app.state.database.engine

            def fill(connection, _record, _proxy):
                connection.execute("PRAGMA max_page_count = 1").close()  # SQLite: no page more than there are

            event.listen(engine, "checkout", fill)
            large = make_report().to_json() + b" " * 100_000
            full = await client.post("/runs", content=large, headers=JSON)
            listed = await client.get("/runs")
            event.remove(engine, "checkout", fill)
            engine.dispose()
            return full, listed, await client.post("/runs", content=large, headers=JSON)

    full, listed, later = asyncio.run(scenario())
    assert full.status_code == 507
    assert full.json()["type"].endswith(":storage-full")
    assert listed.json()["runs"] == []
    assert later.status_code == 201


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits a running process")
@ONLY_SQLITE
def test_a_server_whose_files_may_not_grow_refuses_and_recovers(start_server):
    server = start_server()
    first, report = make_report(), make_report()
    large = report.to_json() + b" " * 400_000
    assert server.submit(first).status_code == 201
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (200_000, hard))
    refused = [server.submit(large) for _ in range(3)]
    assert {answer.status_code for answer in refused} <= {503, 507}
    assert server.client.get(f"/runs/{first.run_id}").content == first.to_json()
    assert server.client.get(f"/runs/{report.run_id}").status_code == 404
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
    assert server.submit(large).status_code == 201
    assert server.client.get(f"/runs/{report.run_id}").content == large


FULL_DISK = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from collector_reports import make_report
from collector_server import Server
server = Server(Path("/mnt/runs.db"))
stored, answer = [], None
while len(stored) < 100 and (answer is None or answer.status_code == 201):
    report = make_report()
    body = report.to_json() + b" " * 300_000
    answer = server.submit(body)
    stored += [(report.run_id, body)] if answer.status_code == 201 else []
assert answer.status_code == 507, answer.text
assert answer.json()["type"].endswith(":storage-full")
for _ in range(2):
    for run_id, kept in stored:
        assert server.client.get(f"/runs/{{run_id}}").content == kept
    assert server.client.get(f"/runs/{{report.run_id}}").status_code == 404
    server.stop()
    server.start()
import subprocess
subprocess.run(["mount", "-o", "remount,size=64m", "/mnt"], check=True)
assert server.submit(body).status_code == 201
server.stop()
print("stored", len(stored))
"""


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("unshare"), reason="only root can mount a small disk of its own"
)
def test_a_full_disk_is_507_and_the_store_opens_afterwards():
    code = FULL_DISK.format(tests=str(Path(__file__).parent))
    mount = 'mount -t tmpfs -o size=4m tmpfs /mnt && exec "$@"'
    command = [
        "unshare",
        "--mount",
        "--propagation=private",
        "sh",
        "-c",
        mount,
        "sh",
        sys.executable,
        "-c",
        code,
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=400)
    if "unshare failed" in done.stderr or "permission denied" in done.stderr:
        pytest.skip("mounting is not allowed here, not even for root")
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) > 3


def test_a_database_that_does_not_answer_makes_it_not_ready(database_url):
    async def scenario():
        async with running(database_url) as (app, client):
            with app.state.database.writing() as session:
                session.execute(text("ALTER TABLE run RENAME TO gone"))
            return await client.get("/ready"), await client.get("/health")

    ready, health = asyncio.run(scenario())
    assert ready.status_code == 503
    assert ready.json()["type"].endswith(":unavailable")
    assert health.status_code == 200


def test_an_error_nobody_foresaw_is_a_problem_document_without_its_details(database_url):
    async def scenario():
        async with running(database_url) as (app, client):
            del app.state.settings
            return await client.get("/members")

    answer = asyncio.run(scenario())
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "settings" not in answer.text
