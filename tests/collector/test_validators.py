"""ETag and If-None-Match, with a clock that stands where the test puts it, on both engines."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from collector_reports import START, make_report
from collector_server import JSON
from sqlalchemy import event

from bitnet_collector.app import create_app
from bitnet_collector.database import open_database
from bitnet_collector.database.version import begin_epoch, store_version
from bitnet_collector.entity_tags import matches, strong_tag
from bitnet_collector.settings import Settings

PAGES = (
    "/summary", "/summary.json", "/summary.csv", "/summary.md", "/summary.txt", "/summary.html",
    "/runs", "/runs.json", "/runs.html", "/runs.ndjson", "/runs.csv",
    "/members", "/members.json", "/members.html", "/workloads",
)  # fmt: skip


class Clock:
    def __init__(self):
        self.now = START + timedelta(days=1)

    def __call__(self):
        return self.now


@asynccontextmanager
async def collector(url, **settings):
    clock = Clock()
    app = create_app(Settings(database_url=url, **settings), clock)
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
    ):
        client.clock, client.app = clock, app
        yield client


async def submit(client, report):
    answer = await client.post("/runs", content=report.to_json(), headers=JSON)
    assert answer.status_code in (200, 201)
    return answer


async def ask(client, address, tag=None, method="GET", **headers):
    known = {"If-None-Match": tag} if tag else {}
    return await client.request(method, address, headers={**known, **headers})


def test_what_did_not_change_is_not_sent_again(database_url):
    async def go():
        async with collector(database_url) as client:
            report = make_report()
            await submit(client, report)
            own = f"/runs/{report.run_id}"
            for address in (
                *PAGES,
                own,
                f"{own}.html",
                f"{own}.json",
                f"{own}/receipt",
                f"/compare?a={report.run_id}&b={report.run_id}",
            ):
                first = await ask(client, address)
                assert first.status_code == 200, address
                tag = first.headers["ETag"]
                assert first.headers["Cache-Control"] == "private, no-cache"
                for asked in (tag, f'"x", {tag}', f'W/"y",{tag.removeprefix("W/")}', "*"):
                    for method in ("GET", "HEAD"):
                        again = await ask(client, address, asked, method)
                        assert (again.status_code, again.content) == (304, b""), (address, asked)
                        assert again.headers["ETag"] == tag
                        assert "Content-Length" not in again.headers
                        assert again.headers["X-Content-Type-Options"] == "nosniff"
                for asked in ('"x"', 'W/"x"', tag.strip('W/"'), ""):
                    assert (await ask(client, address, asked)).status_code == 200

    asyncio.run(go())


def test_a_new_report_is_seen_at_once(database_url):
    async def go():
        async with collector(database_url) as client:
            first = make_report()
            await submit(client, first)
            tags = {address: (await ask(client, address)).headers["ETag"] for address in PAGES}
            await submit(client, first)  # changes nothing
            for address, tag in tags.items():
                assert (await ask(client, address, tag)).status_code == 304
            await submit(client, make_report("WYC"))
            for address, tag in tags.items():
                assert (await ask(client, address, tag)).status_code == 200

    asyncio.run(go())


def test_a_raw_report_is_tagged_with_its_sha256(database_url):
    async def go():
        async with collector(database_url) as client:
            report = make_report()
            sha256 = (await submit(client, report)).json()["sha256"]
            for address in (f"/runs/{report.run_id}", f"/runs/{report.run_id}.json"):
                assert (await ask(client, address)).headers["ETag"] == f'"{sha256}"'
                await submit(client, make_report())  # of no concern to this one
                assert (await ask(client, address, f'"{sha256}"')).status_code == 304
                page = await ask(client, address.removesuffix(".json"), f'"{sha256}"', Accept="text/html")
                assert page.status_code == 200

    asyncio.run(go())


def test_ages_are_never_more_than_a_minute_behind(tmp_path):
    async def go():
        async with collector(f"sqlite:///{tmp_path}/runs.db") as client:
            await submit(client, make_report(measured_at=START))
            client.clock.now = START + timedelta(hours=1, seconds=2)
            shown, listed = await ask(client, "/summary"), await ask(client, "/runs")
            page = await ask(client, "/runs", Accept="text/html")
            client.clock.now += timedelta(seconds=57)
            assert (await ask(client, "/summary", shown.headers["ETag"])).status_code == 304
            client.clock.now += timedelta(seconds=1)
            assert (await ask(client, "/summary", shown.headers["ETag"])).status_code == 200
            again = await ask(client, "/runs", page.headers["ETag"], Accept="text/html")
            assert again.status_code == 200
            client.clock.now += timedelta(days=30)
            assert (await ask(client, "/runs", listed.headers["ETag"])).status_code == 304

    asyncio.run(go())


def test_a_tag_speaks_of_one_address_format_language_and_reader(tmp_path):
    async def go():
        async with collector(f"sqlite:///{tmp_path}/runs.db") as client:
            await submit(client, make_report())
            requests = [
                ("/summary", {}),
                ("/summary", {"Accept": "text/html"}),
                ("/summary", {"Accept": "text/html", "Accept-Language": "zh"}),
                ("/summary?lang=zh", {"Accept": "text/html"}),
                ("/summary", {"Accept": "text/html", "Cookie": "lang=zh"}),
                ("/summary.html", {"Accept": "text/html"}),
                ("/runs", {}),
                ("/runs", {"Accept": "text/html"}),
                ("/runs?limit=1", {}),
                ("/members", {}),
                ("/members", {"Accept": "text/html"}),
                ("/runs", {"Host": "localhost"}),
            ]
            tags = [(await ask(client, address, **headers)).headers["ETag"] for address, headers in requests]
            assert len(set(tags)) == len(tags)

    asyncio.run(go())


def test_an_unchanged_page_is_known_by_one_question_to_the_store(database_url):
    async def go():
        async with collector(database_url) as client:
            await submit(client, make_report())
            asked = []
            event.listen(
                client.app.state.database.engine, "before_cursor_execute", lambda *each: asked.append(each[2])
            )
            for address in PAGES:
                tag = (await ask(client, address)).headers["ETag"]
                asked.clear()
                assert (await ask(client, address, tag)).status_code == 304
                read = [sql for sql in asked if "SELECT" in sql]
                assert len(read) == 1 and "store_version" in read[0]

    asyncio.run(go())


def test_what_is_not_there_stays_not_there(tmp_path):
    async def go():
        async with collector(f"sqlite:///{tmp_path}/runs.db") as client:
            for address in ("/runs/01890000-0000-7000-8000-000000000000", "/nothing", "/runs?limit=0"):
                answer = await ask(client, address, "*")
                assert answer.status_code in (400, 404)
                assert answer.headers["Cache-Control"] == "no-store"
                assert "ETag" not in answer.headers
            answer = await client.post("/runs", content=b"{}", headers={**JSON, "If-None-Match": "*"})
            assert answer.status_code == 422
            assert "ETag" not in (await ask(client, "/metrics")).headers

    asyncio.run(go())


def test_what_hangs_on_no_store_is_tagged_too(tmp_path):
    async def go():
        async with collector(f"sqlite:///{tmp_path}/runs.db") as client:
            for address in ("/openapi.json", "/docs", "/health", "/static/collector.css"):
                first = await ask(client, address)
                assert (await ask(client, address, first.headers["ETag"])).status_code == 304

    asyncio.run(go())


def test_the_version_changes_with_everything_that_is_shown(database_url):
    database = open_database(database_url)

    def version():
        with database.reading() as session:
            return store_version(session)

    seen = [version()]
    for change in (
        "INSERT INTO latest SELECT 'w', 'm', run_id, measured_at, 1 FROM run",
        "UPDATE run SET member = 'other'",
        "DELETE FROM latest",
    ):
        if len(seen) == 1:
            from bitnet_collector.storing import store_run

            report = make_report()
            with database.writing() as session:
                store_run(session, report, "WJ", report.to_json(), START)
            seen.append(version())
        with database.writing() as session:
            session.connection().exec_driver_sql(change)
        seen.append(version())
    with database.writing() as session:
        begin_epoch(session)
    seen.append(version())
    assert len(set(seen)) == len(seen) == 6
    assert version() == version()
    database.dispose()


def test_every_table_that_is_shown_is_watched(tmp_path):
    database = open_database(f"sqlite:///{tmp_path}/runs.db")
    with database.reading() as session:
        connection = session.connection()
        tables = {
            name
            for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        watched = [
            name
            for (name,) in connection.exec_driver_sql(
                "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'"
            )
        ]
    database.dispose()
    unseen = {"alembic_version", "store_version", "raw_report", "token", "sqlite_sequence"}
    assert sorted(watched) == sorted(3 * list(tables - unseen))


@pytest.mark.parametrize(
    ("header", "same"),
    [
        ('"a"', True),
        ('W/"a"', True),
        ('"b", "a"', True),
        ("*", True),
        (" * ", True),
        ('"A"', False),
        ("a", False),
        (None, False),
        ('"a', False),
        ('"b,"a"', False),
    ],
)
def test_the_header_is_read_as_the_standard_says(header, same):
    assert matches(header, 'W/"a"') == matches(header, '"a"') == same


def test_a_strong_tag_is_the_hash_of_the_bytes():
    assert strong_tag(b"") == '"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"'


def test_who_may_not_read_is_not_told_that_nothing_changed(tmp_path):
    async def go():
        url = f"sqlite:///{tmp_path}/runs.db"
        async with collector(url) as client:
            await submit(client, make_report())
            tag = (await ask(client, "/summary")).headers["ETag"]
        app = create_app(Settings(database_url=url), Clock())
        stranger = httpx.ASGITransport(app, client=("192.0.2.1", 1))
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=stranger, base_url="http://127.0.0.1") as client,
        ):
            for asked in (tag, "*"):
                answer = await ask(client, "/summary", asked)
                assert answer.status_code in (401, 403)
                assert "ETag" not in answer.headers

    asyncio.run(go())
