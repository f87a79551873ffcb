from __future__ import annotations

import gzip
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from collector_reports import make_report, version_0
from collector_server import JSON, body_of

from bitnet_report import new_run_id

MIB = 2**20


def test_a_report_earns_a_receipt_over_its_bytes(server):
    report = make_report()
    answer = server.submit(report)
    assert answer.status_code == 201
    sha256 = hashlib.sha256(report.to_json()).hexdigest()
    assert answer.json() == {"run_id": report.run_id, "sha256": sha256, "durable": True}
    assert server.client.get(answer.headers["Location"]).content == report.to_json()


def test_the_same_report_again_changes_nothing(server):
    report = make_report("REPEAT")
    first, second = server.submit(report), server.submit(report)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert len(server.client.get("/runs?member=REPEAT").json()["runs"]) == 1


def test_other_content_under_the_same_run_id_is_refused(server):
    report = make_report("WYC")
    other = make_report("WYC", prefill_ms=1.0, run_id=report.run_id)
    assert server.submit(report).status_code == 201
    answer = server.submit(other)
    assert problem(answer, 409, "report-conflict")["field"] == "run_id"
    assert server.client.get(f"/runs/{report.run_id}").content == report.to_json()


def test_odd_spelling_and_unknown_keys_come_back_byte_for_byte(server):
    document = json.loads(make_report().to_json()) | {"later": {"说明": [1, 2.50, "\u00e9"]}}
    body = ("\ufeff" + json.dumps(document, ensure_ascii=False, indent=7) + "\n\n \t").encode()
    run_id = server.submit(body).json()["run_id"]
    for address in (f"/runs/{run_id}", f"/runs/{run_id}.json"):
        answer = server.client.get(address)
        assert answer.content == body
        assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("members", [1, 3])
def test_gzip_is_unpacked_and_the_receipt_is_over_the_report(server, members):
    body = make_report().to_json()
    third = len(body) // members + 1
    packed = b"".join(gzip.compress(body[i : i + third]) for i in range(0, len(body), third))
    answer = server.submit(packed, **{"Content-Encoding": "gzip"})
    assert answer.json()["sha256"] == hashlib.sha256(body).hexdigest()
    assert server.client.get(answer.headers["Location"]).content == body


def test_the_brief_s_original_report_is_taken(server):
    answer = server.submit(version_0("OLD"))
    assert answer.status_code == 201
    run = server.client.get("/runs?member=OLD").json()["runs"][0]
    assert (run["schema_version"], run["prefill_ms"], run["decode_ms_per_token"]) == (0, 4000.0, None)
    assert run["caveats"] == ["version-0"]


def test_many_at_once_are_all_stored_once(server):
    different = [make_report("CROWD").to_json() for _ in range(40)]
    same = make_report("TWIN").to_json()

    def submit(body):
        return httpx.post(f"{server.url}/runs", content=body, headers=JSON, timeout=60)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(submit, [*different, *[same] * 24]))
    assert [answer.status_code for answer in answers[:40]] == [201] * 40
    assert sorted(answer.status_code for answer in answers[40:]) == [200] * 23 + [201]
    assert len({answer.text for answer in answers[40:]}) == 1
    for body, answer in zip(different, answers, strict=False):
        assert server.client.get(answer.headers["Location"]).content == body
    members = {m["member"]: m["runs"] for m in server.client.get("/members").json()["members"]}
    assert (members["CROWD"], members["TWIN"]) == (40, 1)


def _without(path):
    document = json.loads(make_report().to_json())
    *parents, last = path.split(".")
    part = document
    for parent in parents:
        part = part[parent]
    del part[last]
    return body_of(document)


def _with(**more):
    return body_of(json.loads(make_report().to_json()) | more)


@pytest.mark.parametrize(
    ("body", "headers", "status", "slug", "field"),
    [
        (b"{", {}, 400, "not-json", None),
        (b"", {}, 400, "not-json", None),
        (b'{"a": NaN}', {}, 400, "not-json", None),
        (b"\xff\xfe", {}, 400, "not-json", None),
        (b"[]", {}, 422, "not-a-report", "$"),
        (_without("cpu_info.brand"), {}, 422, "not-a-report", "cpu_info.brand"),
        (_without("member"), {}, 422, "not-a-report", "member"),
        (_with(member="a b"), {}, 422, "not-a-report", "member"),
        (_with(member="."), {}, 422, "not-a-report", "member"),
        (_with(member=".."), {}, 422, "not-a-report", "member"),
        (_with(run_id="1"), {}, 422, "not-a-report", "run_id"),
        (_with(summary={"total_time_ms": 1.0}), {}, 422, "not-a-report", "summary.total_time_ms"),
        (_with(schema_version=2), {}, 422, "unsupported-schema", "schema_version"),
        (b"{}", {"Content-Type": "text/plain"}, 415, "unsupported-media-type", None),
        (b"{}", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "unsupported-media-type", None),
        (b"{}", {"Content-Type": ""}, 415, "unsupported-media-type", None),
        (b"{}", {"Content-Encoding": "br"}, 415, "unsupported-media-type", None),
        (b"{}", {"Content-Encoding": "gzip"}, 400, "bad-encoding", None),
        (gzip.compress(b"{}")[:-3], {"Content-Encoding": "gzip"}, 400, "bad-encoding", None),
        (gzip.compress(b"{}") + b"x", {"Content-Encoding": "gzip"}, 400, "bad-encoding", None),
        (b" " * (8 * MIB + 1), {}, 413, "too-large", None),
        (gzip.compress(b" " * (64 * MIB)), {"Content-Encoding": "gzip"}, 413, "too-large", None),
    ],
)
def test_refusals_name_what_is_wrong(server, body, headers, status, slug, field):
    before = server.client.get("/runs?limit=1000").json()["runs"]
    answer = server.submit(body, **headers)
    document = problem(answer, status, slug)
    assert document.get("field") == field
    assert document["remedy"]
    assert server.client.get("/runs?limit=1000").json()["runs"] == before


def test_the_remedy_for_curl_s_default_type_names_the_header(server):
    answer = server.submit(b"{}", **{"Content-Type": "application/x-www-form-urlencoded"})
    assert "Content-Type: application/json" in answer.json()["remedy"]


def test_a_body_of_no_stated_length_is_counted_as_it_streams(server):
    def endless():
        for _ in range(9):
            yield b" " * MIB

    answer = server.client.post("/runs", content=endless(), headers=JSON)
    problem(answer, 413, "too-large")


def test_a_body_of_exactly_the_limit_is_taken(server):
    body = make_report("EDGE").to_json()
    body += b" " * (8 * MIB - len(body))
    assert server.submit(body).status_code == 201


def test_a_report_from_the_future_counts_as_just_received(server):
    from datetime import datetime, timedelta, timezone

    ahead = datetime.now(timezone.utc) + timedelta(days=400)
    server.submit(make_report("AHEAD", measured_at=ahead))
    run = server.client.get("/runs?member=AHEAD").json()["runs"][0]
    assert run["measured_at"] == run["received_at"]
    assert datetime.fromisoformat(run["measured_at"].replace("Z", "+00:00")) < ahead - timedelta(days=399)


def test_an_unknown_run_is_not_found(server):
    for run_id in (new_run_id(), "x", "%00", "..%2f..%2fetc", "é"):
        problem(server.client.get(f"/runs/{run_id}"), 404, "not-found")


def problem(answer: httpx.Response, status: int, slug: str) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert document["type"] == f"urn:bitnet-profiler:problem:{slug}"
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    return document
