"""What an admin said of a run, where readers look: the summary, the run's page, the member's history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from collector_app import App
from collector_reports import START, make_report

PAGE = {"Accept": "text/html"}


@pytest.fixture
def app(database_url):
    running = App(database_url)
    running.admin = running.make_token("boss", admin=True)
    yield running
    running.stop()


def store(app, decode, days, member="WJ"):
    report = make_report(member, decode_ms_per_token=decode, measured_at=START + timedelta(days=days))
    assert app.ask("POST", "/runs", app.admin, content=report.to_json()).status_code == 201
    return report.run_id


def change(app, run_id, **what):
    assert app.ask("PATCH", f"/runs/{run_id}", app.admin, json=what).status_code == 200


def test_a_hidden_run_is_in_no_best_no_median_and_no_trend(app):
    slow, fast, latest = store(app, 600.0, 1), store(app, 100.0, 2), store(app, 500.0, 3)
    change(app, fast, hidden=True)
    best = app.ask("GET", "/summary.json?show=best").json()["rows"][0]
    assert best["run_id"] == latest
    median = app.ask("GET", "/summary.json?show=median5").json()["rows"][0]
    assert (median["decode_ms_per_token"], median["of_runs"], median["run_id"]) == (550.0, 2, latest)
    history = app.ask("GET", "/members/WJ").json()
    assert [(p["run_id"], p["hidden"], p["valid"]) for p in history["points"]] == [
        (latest, False, True),
        (fast, True, False),
        (slow, False, True),
    ]
    assert (history["trend"]["verdict"], history["trend"]["of_runs"]) == ("faster", 1)
    assert "left out of the summary" in app.ask("GET", "/members/WJ", headers=PAGE).text
    assert "left out of the summary" in app.ask("GET", f"/runs/{fast}.html").text


def test_a_pinned_run_is_the_measure_in_every_format_and_says_so_on_its_page(app):
    pinned = store(app, 400.0, 1, "WYC")
    store(app, 300.0, 2, "WYC")
    store(app, 600.0, 2)
    change(app, pinned, baseline=True, note="<b>before</b> the new kernel")
    table = app.ask("GET", "/summary.json").json()
    assert (table["yardstick"]["kind"], table["yardstick"]["run_id"]) == ("baseline", pinned)
    assert {row["member"]: row["ratio"] for row in table["rows"]} == {"WJ": 1.5, "WYC": 0.75, "LCJ": None}
    page = app.ask("GET", "/summary.html").text
    assert "Against baseline" in page
    assert f"/compare.html?a={pinned}&amp;b={table['rows'][0]['run_id']}" in page
    run = app.ask("GET", f"/runs/{pinned}.html?lang=zh").text
    assert "基线" in run
    assert "管理员备注" in run
    assert "&lt;b&gt;before&lt;/b&gt; the new kernel" in run
