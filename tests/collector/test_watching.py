from __future__ import annotations

import asyncio
import json
import re
import time

import httpx
import pytest
from collector_reports import make_report
from collector_server import JSON, ONLY_SQLITE
from prometheus_client.parser import text_string_to_metric_families

from bitnet_collector.app import create_app
from bitnet_collector.settings import Settings


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    """A collector that writes its log as JSON lines, and the file that it writes to."""
    from collector_server import Server

    folder = tmp_path_factory.mktemp("logged")
    log = folder / "log"
    running = Server(folder / "runs.db", "--log-format", "json", log=log)
    yield running, log
    running.stop()


def request_lines(log, request_id):
    """The lines that tell of a request: they are written after its answer has gone out, so wait for one."""
    until = time.monotonic() + 60
    while True:
        whole, _, _begun = log.read_text().rpartition("\n")
        lines = [json.loads(line) for line in whole.splitlines()]
        found = [line for line in lines if line["event"] == "request" and line["request_id"] == request_id]
        if found or time.monotonic() > until:
            return found
        time.sleep(0.02)


def metric(server, name, **labels):
    families = text_string_to_metric_families(server.client.get("/metrics").text)
    found = [
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    return found[0] if found else 0.0


def test_a_sane_request_id_is_taken_answered_and_logged(logged):
    server, log = logged
    answer = server.client.get("/health?secret=hunter2", headers={"X-Request-ID": "trace-1.a_B"})
    assert answer.headers["X-Request-ID"] == "trace-1.a_B"
    (line,) = request_lines(log, "trace-1.a_B")
    assert (line["method"], line["route"], line["path"]) == ("GET", "/health", "/health")
    assert (line["status"], line["client"]) == (200, "127.0.0.1")
    assert line["bytes"] == len(answer.content)
    assert line["duration_ms"] > 0


@pytest.mark.parametrize("word", ["", "a b", "x" * 65, 'a"b', "ä", "a\tb", "../../x"])
def test_an_odd_request_id_is_replaced(logged, word):
    server, _log = logged
    header = [("X-Request-ID", word.encode())]
    answer = server.client.get("/health", headers=header)
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])
    assert (
        server.client.get("/health", headers=header).headers["X-Request-ID"] != answer.headers["X-Request-ID"]
    )


def test_a_problem_names_the_request_that_the_log_tells_of(logged):
    server, log = logged
    answer = server.client.get("/runs?limit=0")
    assert answer.status_code == 400
    known = answer.headers["X-Request-ID"]
    assert answer.json()["instance"] == f"urn:bitnet-profiler:request:{known}"
    (line,) = request_lines(log, known)
    assert (line["status"], line["problem"]) == (400, "bad-parameter")
    foreign = server.client.get("/runs", headers={"Host": "evil.example"})
    (line,) = request_lines(log, foreign.headers["X-Request-ID"])
    assert (line["status"], line["problem"]) == (421, "unknown-host")
    assert foreign.json()["instance"].endswith(foreign.headers["X-Request-ID"])


def test_head_is_logged_as_it_was_asked(logged):
    server, log = logged
    answer = server.client.head("/summary")
    (line,) = request_lines(log, answer.headers["X-Request-ID"])
    assert (line["method"], line["route"], line["status"]) == ("HEAD", "/summary", 200)


def test_no_secret_reaches_the_log(logged):
    server, log = logged
    report = make_report("WJ", note="note-hunter2", cpu="cpu-hunter2")
    server.submit(report, Authorization="Bearer bearer-hunter2", Cookie="a=cookie-hunter2")
    server.client.get("/runs?member=query-hunter2&token=also-hunter2")
    server.client.get("/runs", headers={"User-Agent": "agent-hunter2", "Referer": "http://x/?hunter2"})
    server.client.post("/runs", content=b'{"body-hunter2', headers=JSON)
    assert "hunter2" not in log.read_text()
    assert "hunter2" not in server.client.get("/metrics").text


def test_a_hostile_path_stays_on_its_line(logged):
    server, log = logged
    answer = server.client.get("/a%0d%0a%7b%22event%22:%22request%22%7d%1b%5b31m%e2%80%a8")
    (line,) = request_lines(log, answer.headers["X-Request-ID"])
    assert line["route"] == "unmatched"
    for text in log.read_text().splitlines():
        json.loads(text)


def test_metrics_count_what_became_of_reports(start_server):
    server = start_server()
    report = make_report()
    for body in (report, report, make_report(run_id=report.run_id, prefill_ms=1), {"no": "report"}):
        server.submit(body)
    counted = {
        outcome: metric(server, "bitnet_reports_total", outcome=outcome)
        for outcome in ("created", "repeated", "report-conflict", "not-a-report", "busy")
    }
    assert counted == {
        "created": 1, "repeated": 1, "report-conflict": 1, "not-a-report": 1, "busy": 0,
    }  # fmt: skip
    assert metric(server, "bitnet_problems_total", problem="report-conflict") == 1
    assert metric(server, "bitnet_store_runs") == 1
    assert metric(server, "bitnet_store_members") == 1
    assert metric(server, "bitnet_store_up") == 1
    assert metric(server, "bitnet_store_bytes") >= 4096
    started = report.meta.measured_at.timestamp()
    assert metric(server, "bitnet_store_oldest_run_timestamp_seconds") == started
    assert metric(server, "bitnet_store_newest_run_timestamp_seconds") == started
    until = time.monotonic() + 60
    while (in_flight := metric(server, "bitnet_http_requests_in_flight")) != 1:  # the one that asks
        assert time.monotonic() < until, in_flight  # one that has its answer is not quite over


def test_labels_are_the_collectors_own_words(start_server):
    server = start_server("--log-format", "text")
    server.submit(make_report("A-MEMBER"))
    for address in ("/runs/one", "/runs/two", "/nothing/at-all", "/runs?member=A-MEMBER"):
        server.client.get(address)
    server.client.request("PROPFIND", "/runs")
    seen = {
        (sample.labels["method"], sample.labels["route"])
        for family in text_string_to_metric_families(server.client.get("/metrics").text)
        for sample in family.samples
        if sample.name == "bitnet_http_request_duration_seconds_count"
    }
    assert seen == {
        ("POST", "/runs"), ("GET", "/runs/{run_id}"), ("GET", "unmatched"), ("GET", "/runs"),
        ("other", "/runs"),
    }  # fmt: skip
    assert "A-MEMBER" not in server.client.get("/metrics").text


def test_two_applications_in_one_process_count_apart(tmp_path):
    first, second = (
        create_app(Settings(database_url=f"sqlite:///{tmp_path}/{name}.db")) for name in ("one", "two")
    )

    async def ask(app, address):
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client,
        ):
            return await client.get(address)

    asyncio.run(ask(first, "/health"))
    assert 'route="/health"' in asyncio.run(ask(first, "/metrics")).text
    assert 'route="/health"' not in asyncio.run(ask(second, "/metrics")).text


def test_an_unforeseen_fault_is_counted_and_told_with_its_request(tmp_path, caplog):
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/runs.db"))

    @app.get("/broken")
    def broken():
        raise RuntimeError("unforeseen")

    async def ask():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
        ):
            answer = await client.get("/broken", headers={"X-Request-ID": "one"})
            return answer, (await client.get("/metrics")).text

    with caplog.at_level("INFO", "bitnet_collector"):
        answer, metrics = asyncio.run(ask())
    assert (answer.status_code, answer.headers["X-Request-ID"]) == (500, "one")
    assert answer.json()["instance"] == "urn:bitnet-profiler:request:one"
    assert (
        'bitnet_http_request_duration_seconds_count{method="GET",route="/broken",status="500"} 1.0' in metrics
    )
    (line,) = [record.fields for record in caplog.records if record.getMessage() == "request"][:1]
    assert (line["route"], line["status"]) == ("/broken", 500)


@ONLY_SQLITE
def test_metrics_are_given_while_the_store_does_not_answer(start_server):
    server = start_server()
    server.database.write_bytes(b"no database any more" * 500)
    for path in server.database.parent.glob("runs.db-*"):
        path.unlink()
    server.client.get("/health")
    assert metric(server, "bitnet_store_up") == 0
    assert metric(server, "bitnet_http_request_duration_seconds_count", route="/health") == 1
