from __future__ import annotations

import base64
import json
import re
from datetime import timedelta

import pytest
from collector_reports import START, make_report, version_0

from bitnet_collector.cursors import Cursor, read_cursor


@pytest.fixture(scope="module")
def listed(server):
    """25 runs, a minute apart; three share a moment."""
    for minute in range(22):
        server.submit(
            make_report(
                "WJ" if minute % 2 else "WYC",
                measured_at=START + timedelta(minutes=minute),
                grade="ABC"[minute % 3] if minute % 4 else None,
                model="published/model" if minute < 5 else "other/model",
            )
        )
    for _ in range(3):
        server.submit(make_report("LCJ", measured_at=START + timedelta(minutes=10)))
    return server


def pages(server, address, between=lambda: None):
    found = []
    while address:
        answer = server.client.get(address)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        link = re.fullmatch(r'<(.+)>; rel="next"', answer.headers.get("Link", ""))
        assert (link[1] if link else None) == page["next"]
        found += page["runs"]
        address = page["next"]
        between()
    return found


@pytest.mark.parametrize("limit", [1, 4, 25, 1000])
def test_pages_hold_every_run_once_newest_first(listed, limit):
    found = pages(listed, f"/runs?limit={limit}&until=2026-03-02")
    keys = [(run["measured_at"], run["run_id"]) for run in found]
    assert len(keys) == 25
    assert keys == sorted(keys, reverse=True)
    assert len(set(keys)) == 25


def test_runs_that_arrive_meanwhile_shift_nothing(listed):
    before = [run["run_id"] for run in pages(listed, "/runs?limit=1000&member=WYC")]
    late = START + timedelta(days=300)

    def arrive():
        nonlocal late
        late += timedelta(minutes=1)
        listed.submit(make_report("WYC", measured_at=late))

    found = [run["run_id"] for run in pages(listed, "/runs?limit=2&member=WYC", between=arrive)]
    assert found == before


def minutes(runs):
    return [run["measured_at"][11:16] for run in runs]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("member=LCJ", 3),
        ("member=nobody", 0),
        ("member=LCJ&model=other/model", 0),
        ("model=published/model", 5),
        ("grade=A&since=2026-03-01T08:00:00Z&until=2026-03-01T08:10:00Z", 3),
        ("member=WJ&since=2026-03-01T08:03:00Z&until=2026-03-01T08:07:00Z", 2),
        ("member=WJ&since=2026-03-01T16:03:00%2B08:00&until=2026-03-01T16:07:00+08:00", 2),
        ("since=2026-03-01&until=2026-03-01T08:00:00.000001", 1),
        ("workload=000000000000", 0),
    ],
)
def test_filters(listed, query, count):
    assert len(pages(listed, f"/runs?{query}")) == count


def test_the_workload_filter_takes_what_a_run_says(listed):
    old = listed.submit(version_0("OLD")).json()["run_id"]
    workload = listed.client.get("/runs?member=OLD").json()["runs"][0]["workload_id"]
    assert [run["run_id"] for run in pages(listed, f"/runs?workload={workload}")] == [old]


def test_a_listed_run_leads_to_its_report(listed):
    run = listed.client.get("/runs?limit=1").json()["runs"][0]
    assert listed.client.get(run["url"]).json()["run_id"] == run["run_id"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=many", "limit"),
        ("grade=D", "grade"),
        ("since=yesterday", "since"),
        ("until=0001-01-01T00:00:00%2B14:00", "until"),
        ("workload=x", "workload"),
        ("cursor=x", "cursor"),
        ("cursor=" + "%F0%9F%98%80", "cursor"),
        ("cursor=bnVsbA", "cursor"),
        ("cursor=WyIyMDI2LTAzLTAxIiwgIngiXQ", "cursor"),
        ("memeber=WJ", "memeber"),
    ],
)
def test_a_bad_filter_is_refused_by_name(listed, query, field):
    answer = listed.client.get(f"/runs?{query}")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["field"] == field


@pytest.mark.parametrize(
    "place",
    [
        ["0001-01-01T00:00:00+14:00", "0190"],  # before there was a UTC
        ["9999-12-31T23:59:59-14:00", "0190"],
        ["2026-03-01T00:00:00Z", "\ud800"],
        ["2026-03-01T00:00:00Z", "a\x00"],
        ["2026-03-01T00:00:00Z", 7],
        {"2026-03-01T00:00:00Z": 1},
    ],
)
def test_a_cursor_that_nobody_gave_out_is_refused(listed, place):
    word = base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
    for address in ("/runs", "/runs.csv", "/members/WJ/history.json"):
        answer = listed.client.get(f"{address}?cursor={word}")
        assert (answer.status_code, answer.json()["field"]) == (400, "cursor")


def test_a_cursor_reads_what_it_wrote():
    cursor = Cursor(START + timedelta(microseconds=7), "0190")
    assert read_cursor(cursor.encode()) == cursor
