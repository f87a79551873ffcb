from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from datetime import timedelta
from itertools import pairwise

import httpx
import pytest
from collector_reports import START, make_report, version_0
from collector_store import seed

from bitnet_collector.app import create_app
from bitnet_collector.database import open_database
from bitnet_collector.settings import Settings


@pytest.fixture(scope="module")
def filled(server):
    """Forty runs of three members, two models and four grades, some at the same moment."""
    for minute in range(38):
        server.submit(
            make_report(
                ("WJ", "WYC", "LCJ")[minute % 3],
                measured_at=START + timedelta(minutes=minute // 2),
                grade=("A", "B", None, "invalid")[minute % 4],
                model="published/model" if minute < 10 else "other/model",
            )
        )
    server.submit(version_0())
    server.submit(make_report("HOSTILE", cpu='=cmd|" /C calc"!A0\n', model="+1+1", clock_source=" @SUM(1)"))
    return server


def lines(answer):
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def rows(answer):
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?member=WJ",
        "?model=other/model&grade=B",
        "?since=2026-03-01T08:05:00Z&until=2026-03-01T08:10:00Z",
        "?member=NOBODY",
        "?grade=invalid&member=LCJ",
    ],
)
def test_every_format_holds_the_same_runs_in_the_same_order(filled, query):
    join = "&" if query else "?"
    listed = filled.client.get(f"/runs{query}{join}limit=1000").json()["runs"]
    assert filled.client.get(f"/runs.json{query}{join}limit=1000").json()["runs"] == listed
    assert lines(filled.client.get(f"/runs.ndjson{query}")) == listed
    assert [row["run_id"] for row in rows(filled.client.get(f"/runs.csv{query}"))] == [
        run["run_id"] for run in listed
    ]


def test_types_are_named(filled):
    for address, kind in (
        ("/runs.ndjson", "application/x-ndjson"),
        ("/runs.csv", "text/csv; charset=utf-8; header=present"),
        ("/runs.json", "application/json"),
    ):
        assert filled.client.get(address).headers["Content-Type"] == kind
        head = filled.client.head(address)
        assert (head.status_code, head.content, head.headers["Content-Type"]) == (200, b"", kind)


def test_curl_is_given_json(filled):
    answer = filled.client.get("/runs", headers={"Accept": "*/*"})
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("limit", [1, 7, 39, 40, 1000])
def test_with_a_limit_a_link_leads_on_until_the_end(filled, limit):
    address, found = f"/runs.ndjson?limit={limit}", []
    while address:
        answer = filled.client.get(address)
        page = lines(answer)
        assert len(page) <= limit
        found += page
        link = re.fullmatch(r'<(.+)>; rel="next"', answer.headers.get("Link", "<>"))
        address = link[1] if link else None
    assert found == lines(filled.client.get("/runs.ndjson"))
    assert len(found) == 40
    assert "Link" not in filled.client.get("/runs.ndjson").headers


def test_numbers_and_times_are_exact_in_csv(filled):
    row = rows(filled.client.get("/runs.csv?member=WJ&limit=1"))[0]
    run = filled.client.get("/runs?member=WJ&limit=1").json()["runs"][0]
    for name, value in run.items():
        if isinstance(value, float):
            assert float(row[name]) == value
        elif isinstance(value, str):
            assert row[name] == value
        elif value is None and name != "curation":
            assert row[name] == ""
    assert int(row["prompt_tokens"]) == run["work"]["prompt_tokens"]
    assert row["model_sha256"] == run["work"]["model_sha256"]


def test_a_spreadsheet_computes_nothing(filled):
    answer = filled.client.get("/runs.csv?member=HOSTILE")
    (row,) = rows(answer)
    assert row["cpu"] == '\'=cmd|" /C calc"!A0\n'
    assert (row["model"], row["clock_source"]) == ("'+1+1", "' @SUM(1)")
    for each in rows(filled.client.get("/runs.csv")):
        for value in each.values():
            numeric = re.fullmatch(r"-?[\d.]+(e-?\d+)?", value)
            assert numeric or not value.lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("address", ["/runs.ndjson", "/runs.csv", "/runs.json"])
@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "cursor=x", "nonsense=1", "since=yesterday", "grade=Z"]
)
def test_a_bad_parameter_is_refused(filled, address, query):
    answer = filled.client.get(f"{address}?{query}")
    assert answer.status_code == 400
    assert answer.json()["field"] == query.partition("=")[0]


def test_a_long_export_comes_in_parts_and_holds_every_run_once(database_url):
    database = open_database(database_url)
    seed(database, 2300)
    database.dispose()
    app = create_app(Settings(database_url=database_url))

    async def ask(address):
        """Every part of the body as the application hands it to the server."""
        parts = []
        scope = {
            "type": "http", "method": "GET", "path": address, "query_string": b"", "scheme": "http",
            "headers": [(b"host", b"127.0.0.1")], "server": ("x", 80), "http_version": "1.1",
                "client": ("127.0.0.1", 1),
        }  # fmt: skip

        async def receive():
            await asyncio.Event().wait()

        async def send(message):
            if message["type"] == "http.response.body" and message["body"]:
                parts.append(message["body"])

        async with app.router.lifespan_context(app):
            await app(scope, receive, send)
        return parts

    for address in ("/runs.ndjson", "/runs.csv"):
        parts = asyncio.run(ask(address))
        assert len(parts) == 5
        assert max(map(len, parts)) < 2 * min(map(len, parts[:-1]))  # none holds much more than another
    found = [json.loads(line) for line in b"".join(asyncio.run(ask("/runs.ndjson"))).splitlines()]
    keys = [(run["measured_at"], run["run_id"]) for run in found]
    assert len(keys) == 2300
    assert all(newer > older for newer, older in pairwise(keys))


def test_a_store_that_fails_before_the_first_run_is_a_problem_and_not_a_broken_stream(tmp_path):
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/runs.db"))

    async def ask():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
        ):
            with app.state.database.writing() as session:
                session.connection().exec_driver_sql("ALTER TABLE run RENAME TO away")
            return await client.get("/runs.ndjson")

    answer = asyncio.run(ask())
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
