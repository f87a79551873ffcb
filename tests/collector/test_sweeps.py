"""A sweep's page: every point, and how the figures go along each axis that was varied."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from collector_reports import START, make_report

from bitnet_report import SweepPlace, new_run_id

HTML = {"Accept": "text/html"}
SWEEP = "01900000-0000-7000-8000-0000000000aa"


def point(sweep_id: str, number: int, *, decode: float, **work):
    report = make_report(
        "WJ", decode_ms_per_token=decode, measured_at=START + timedelta(minutes=number), **work
    )
    place = SweepPlace(sweep_id=sweep_id, points=6, rounds=2)
    return report.model_copy(update={"meta": report.meta.model_copy(update={"sweep": place})})


@pytest.fixture(scope="module")
def swept(server):
    """Two engines on 1, 2 and 4 threads; and a sweep of another member's over two depths."""
    server.reports = [
        point(SWEEP, number, decode=decode, threads=threads, engine=engine)
        for number, (engine, threads, decode) in enumerate(
            (e, t, base / t)
            for e, base in (("published", 3000.0), ("quantized-once", 400.0))
            for t in (1, 2, 4)
        )
    ]
    server.depths = new_run_id()
    server.reports += [
        point(server.depths, number, decode=500.0 + depth, context_depth=depth)
        for number, depth in enumerate((0, 512))
    ]
    server.reports.append(make_report("WYC"))
    for report in server.reports:
        assert server.submit(report).status_code == 201
    return server


def test_the_json_has_every_point_and_says_what_was_varied(swept):
    table = swept.client.get(f"/sweeps/{SWEEP}").json()
    assert (table["member"], table["varied"]) == ("WJ", ["threads", "engine"])
    found = {(p["engine"], p["threads"]): p["decode_ms_per_token"] for p in table["points"]}
    assert found == {
        ("published", 1): 3000.0,
        ("published", 2): 1500.0,
        ("published", 4): 750.0,
        ("quantized-once", 1): 400.0,
        ("quantized-once", 2): 200.0,
        ("quantized-once", 4): 100.0,
    }


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Decode along threads"), ("zh", "Decode 随线程数的变化")]
)
def test_the_page_draws_one_line_an_engine_along_the_threads(swept, language, title):
    page = swept.client.get(f"/sweeps/{SWEEP}?lang={language}", headers=HTML).text
    chart = page[page.index('id="decode-threads"') :]
    chart = chart[: chart.index("</figure>")]
    wide = chart[: chart.index("</svg>")]
    assert title in page
    assert len(re.findall(r'class="line line-\d"', wide)) == 2
    assert wide.count("<circle") == 6
    assert "published" in chart
    assert "quantized-once" in chart


def test_along_the_depth_decode_and_prefill_are_drawn(swept):
    page = swept.client.get(f"/sweeps/{swept.depths}?lang=en", headers=HTML).text
    assert "Decode along context depth" in page
    assert "Prefill along context depth" in page


def test_a_run_of_a_sweep_and_its_member_lead_there_and_another_run_does_not(swept):
    of_sweep, other = swept.reports[0], swept.reports[-1]
    assert f"/sweeps/{SWEEP}" in swept.client.get(f"/runs/{of_sweep.run_id}.html").text
    assert "/sweeps/" not in swept.client.get(f"/runs/{other.run_id}.html").text
    member = swept.client.get("/members/WJ", headers=HTML).text
    assert f"/sweeps/{SWEEP}" in member
    assert "6 points" in member or "6 个测点" in member
    assert "/sweeps/" not in swept.client.get("/members/WYC", headers=HTML).text


@pytest.mark.parametrize(("sweep_id", "status"), [(new_run_id(), 404), ("x", 400), ("..%00", 400)])
def test_a_sweep_that_is_not_there_is_told_so(swept, sweep_id, status):
    answer = swept.client.get(f"/sweeps/{sweep_id}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_invalid_point_stands_in_the_table_and_not_in_the_chart(swept):
    sweep_id = new_run_id()
    for number, threads in enumerate((1, 2, 4)):
        report = point(sweep_id, number, decode=100.0, threads=threads)
        if threads == 4:
            report = report.model_copy(
                update={"quality": report.quality.model_copy(update={"grade": "invalid"})}
            )
        assert swept.submit(report).status_code == 201
    page = swept.client.get(f"/sweeps/{sweep_id}?lang=en", headers=HTML).text
    wide = page[page.index('id="decode-threads"') :]
    assert wide[: wide.index("</svg>")].count("<circle") == 2
    assert page.count(">Open the run<") == 3
