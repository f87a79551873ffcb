from __future__ import annotations

import csv
import io
import re

import pytest
from collector_reports import make_report

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.fixture(scope="module")
def one_run(server):
    """The server with the brief's example in it: 1000 ms of prefill at 2400 MHz."""
    server.run_id = "01900000-0000-7000-8000-00000000000a"
    server.submit(make_report("WJ", run_id=server.run_id, prefill_ms=1000.0, clock_mhz=2400.0))
    return server


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "text/plain"),
        (BROWSER, "text/html"),
        ("application/json", "application/json"),
        ("application/json, text/plain, */*", "application/json"),
        ("text/csv", "text/csv"),
        ("text/markdown", "text/markdown"),
        ("text/html;q=0.1, text/csv;q=0.2", "text/csv"),
    ],
)
def test_the_summary_comes_as_the_client_accepts_it(one_run, accept, media_type):
    answer = one_run.client.get("/summary", headers={"Accept": accept})
    assert answer.headers["Content-Type"].partition(";")[0] == media_type
    assert "Accept" in answer.headers["Vary"]
    assert "WJ" in answer.text


@pytest.mark.parametrize(
    "address", ["/summary", "/runs", "/members", "/runs/01900000-0000-7000-8000-00000000000a"]
)
def test_what_cannot_be_given_is_406(one_run, address):
    answer = one_run.client.get(address, headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_brief_s_example_shows_800_ms_in_every_format(one_run):
    def given(form):
        return one_run.client.get(f"/summary.{form}")

    assert given("json").json()["rows"][0]["prefill_normalized_ms"] == 800.0
    assert next(csv.DictReader(io.StringIO(given("csv").text)))["prefill_normalized_ms"] == "800.0"
    assert re.search(r"^1  WJ .* 1000 ± 10 +3 +800\.0 ", given("txt").text, re.MULTILINE)
    rows = re.search(r"<tbody.*</tbody>", given("html").text, re.DOTALL)[0]
    assert re.search(
        r">1,000 <span [^>]+>± 10</span></span><span [^>]+>n=3</span><span [^>]+>800\.0 at 3\.0 GHz<", rows
    )


def test_a_run_is_json_to_programs_and_a_page_to_browsers(one_run):
    address = f"/runs/{one_run.run_id}"
    assert one_run.client.get(address).json()["run_id"] == one_run.run_id
    for page in (
        one_run.client.get(address, headers={"Accept": BROWSER}),
        one_run.client.get(f"{address}.html"),
    ):
        assert page.headers["Content-Type"].startswith("text/html")
        assert "<h1>Run of WJ" in page.text


@pytest.mark.parametrize(
    ("accept_language", "query", "language"),
    [
        ("", "", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "", "zh-CN"),
        ("en;q=0.8, zh;q=0.9", "", "zh-CN"),
        ("fr", "", "en"),
        ("zh-CN", "?lang=en", "en"),
        ("en", "?lang=zh", "zh-CN"),
    ],
)
def test_pages_speak_the_reader_s_language(one_run, accept_language, query, language):
    page = one_run.client.get(f"/summary.html{query}", headers={"Accept-Language": accept_language}).text
    assert f'<html lang="{language}">' in page


def test_the_switch_keeps_the_workload_and_links_keep_the_language(one_run):
    workload = one_run.client.get("/workloads").json()["workloads"][0]["workload_id"]
    page = one_run.client.get(f"/summary.html?workload={workload}&lang=zh").text
    assert f'href="/language/en?to=%2Fsummary.html%3Fworkload%3D{workload}"' in page
    assert f'href="/runs/{one_run.run_id}.html?lang=zh"' in page


def test_unknown_and_bad_workloads(one_run):
    assert one_run.client.get("/summary.json?workload=000000000000").status_code == 404
    assert one_run.client.get("/summary.json?workload=x").status_code == 400
    assert one_run.client.get("/summary.html?lang=fr").json()["field"] == "lang"


def test_members_and_workloads(one_run):
    members = one_run.client.get("/members").json()["members"]
    assert [(m["member"], m["runs"], m["latest_run_id"]) for m in members] == [
        ("WJ", 1, one_run.run_id),
        ("WYC", 0, None),
        ("LCJ", 0, None),
    ]
    (workload,) = one_run.client.get("/workloads").json()["workloads"]
    assert (workload["members"], workload["runs"], workload["known"]) == (1, 1, True)
    assert workload["work"]["prompt_tokens"] == 128


def test_health_and_readiness(one_run):
    health = one_run.client.get("/health").json()
    assert health == {"status": "ok", "version": health["version"], "schema_versions": [0, 1]}
    assert one_run.client.get("/ready").json() == {"status": "ready"}


def test_the_root_leads_to_the_summary(one_run):
    answer = one_run.client.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (307, "/summary")


GETS = ["/summary", "/summary.json", "/summary.csv", "/summary.md", "/summary.txt", "/summary.html", "/runs"]
GETS += [
    "/runs.html",
    "/members",
    "/members.html",
    "/workloads",
    "/health",
    "/ready",
    "/docs",
    "/openapi.json",
    "/static/collector.css",
]


@pytest.mark.parametrize("address", [*GETS, "/runs/01900000-0000-7000-8000-00000000000a"])
def test_head_is_get_without_a_body(one_run, address):
    head, get = one_run.client.head(address), one_run.client.get(address)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]
    assert int(head.headers["Content-Length"]) > 0


@pytest.mark.parametrize("address", [*GETS, "/nothing"])
def test_every_answer_is_kept_from_doing_more_than_it_should(one_run, address):
    headers = one_run.client.get(address).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    scripts = re.search("script-src ([^;]*)", headers["Content-Security-Policy"])[1]
    assert scripts == "'self'"
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("method", "address", "allowed"),
    [
        ("DELETE", "/runs", "GET, HEAD, POST"),
        ("POST", "/summary", "GET, HEAD"),
        ("PUT", "/runs/x", "DELETE, GET, HEAD, PATCH"),
        ("POST", "/static/collector.css", "GET, HEAD"),
    ],
)
def test_a_method_that_is_not_taken_is_405_and_names_those_that_are(one_run, method, address, allowed):
    answer = one_run.client.request(method, address)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "address", ["/nothing", "/static/nothing.css", "/static/../app.py", "/runs/", "/redoc"]
)
def test_what_is_not_there_is_a_404_problem(one_run, address):
    answer = one_run.client.get(address)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:bitnet-profiler:problem:not-found"


def test_openapi_declares_what_comes(one_run):
    document = one_run.client.get("/openapi.json").json()
    paths = document["paths"]
    access = {"401", "403", "421", "429"}
    assert set(paths["/runs"]["post"]["responses"]) == {
        *("200", "201", "400", "408", "409", "410", "413", "415", "422", "500", "503", "507"),
        *access,
    }
    read = {"200", "304", "400", "500", "503", *access}
    assert set(paths["/runs.json"]["get"]["responses"]) == read
    assert set(paths["/runs"]["get"]["responses"]) == {*read, "406"}
    assert set(paths["/summary"]["get"]["responses"]) == {*read, "404", "406"}
    assert set(paths["/health"]["get"]["responses"]) == {"200", "304", "421", "500"}
    assert "304" not in paths["/metrics"]["get"]["responses"]
    for path in paths.values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                content = response.get("content", {})
                assert ("application/problem+json" in content) == (int(status) >= 400)
                assert bool(content) or status in ("204", "303", "304")
    schemas = document["components"]["schemas"]
    used = set(re.findall(r"#/components/schemas/(\w+)", str(document)))
    assert used <= set(schemas)
    assert "#/$defs/" not in str(document)  # which would lead to nowhere
    assert "HTTPValidationError" not in schemas
