from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from collector_app import App
from collector_reports import START, make_report
from sqlmodel import update

from bitnet_collector.archive.reindexing import reindex
from bitnet_collector.curation import baseline_run
from bitnet_collector.tables import Curation, Run
from bitnet_report import new_run_id, workload_id


@pytest.fixture
def app(database_url):
    running = App(database_url)
    running.admin = running.make_token("boss", admin=True)
    running.member = running.make_token("WJ")
    yield running
    running.stop()


def store(app, member="WJ", days=0, **more):
    report = make_report(member, measured_at=START + timedelta(days=days), **more)
    assert app.ask("POST", "/runs", app.admin, content=report.to_json()).status_code == 201
    return report


def change(app, report, token=None, **what):
    return app.ask("PATCH", f"/runs/{report.run_id}", token or app.admin, json=what)


def remove(app, report):
    return app.ask("DELETE", f"/runs/{report.run_id}", app.admin)


def row(app, member="WJ"):
    rows = {row["member"]: row for row in app.ask("GET", "/summary.json").json()["rows"]}
    return rows[member]["run_id"]


def counts(app):
    members = app.ask("GET", "/members").json()["members"]
    return {item["member"]: (item["runs"], item["latest_run_id"]) for item in members if item["runs"]}


def listed(app):
    return {run["run_id"]: run["curation"] for run in app.ask("GET", "/runs").json()["runs"]}


def test_an_admin_annotates_and_takes_back(app):
    report = store(app)
    assert listed(app) == {report.run_id: None}
    answer = change(app, report, note="  new fan\n\tsince May 风扇 ")
    assert answer.status_code == 200
    curation = answer.json()
    assert (curation["note"], curation["baseline"], curation["hidden"]) == (
        "new fan\n\tsince May 风扇",
        False,
        False,
    )
    assert curation["changed_by"] == app.admin.split("_")[1]
    assert listed(app)[report.run_id] == curation
    assert change(app, report, hidden=False).json()["note"] == curation["note"]
    assert change(app, report, note=None).json()["note"] is None
    assert app.ask("GET", f"/runs/{report.run_id}").content == report.to_json()


def test_members_and_strangers_change_nothing(app):
    report = store(app)
    assert app.ask("PATCH", f"/runs/{report.run_id}", json={"note": "x"}).status_code == 401
    assert app.ask("PATCH", f"/runs/{report.run_id}", app.member, json={"note": "x"}).status_code == 403
    assert app.ask("DELETE", f"/runs/{report.run_id}", app.member).status_code == 403
    assert counts(app) == {"WJ": (1, report.run_id)}


def test_a_workload_has_one_baseline(app):
    first, second, other = store(app), store(app, "WYC"), store(app, engine="cached")
    for report in (first, other, second):
        assert change(app, report, baseline=True).json()["baseline"] is True
    pinned = {run_id for run_id, said in listed(app).items() if said and said["baseline"]}
    assert pinned == {second.run_id, other.run_id}
    with app.app.state.database.reading() as session:
        assert baseline_run(session, workload_id(second)).run_id == second.run_id
        assert baseline_run(session, "000000000000") is None
    assert change(app, second, baseline=False).json()["baseline"] is False
    with app.app.state.database.reading() as session:
        assert baseline_run(session, workload_id(second)) is None


def test_a_hidden_or_invalid_run_is_no_baseline(app):
    invalid, hidden = store(app, grade="invalid"), store(app, days=1)
    change(app, hidden, hidden=True)
    for report in (invalid, hidden):
        answer = change(app, report, baseline=True)
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (409, "uncuratable")
    change(app, hidden, hidden=False, baseline=True)
    assert change(app, hidden, hidden=True).status_code == 409
    assert change(app, hidden, hidden=True, baseline=False).status_code == 200


def test_a_hidden_run_leaves_the_summary_and_comes_back(app):
    older, newer = store(app, days=1), store(app, days=2)
    change(app, newer, hidden=True)
    assert (row(app), counts(app)) == (older.run_id, {"WJ": (1, older.run_id)})
    change(app, newer, hidden=True)  # again
    assert counts(app) == {"WJ": (1, older.run_id)}
    change(app, older, hidden=True)
    assert (row(app), counts(app)) == (None, {})
    assert set(listed(app)) == {older.run_id, newer.run_id}
    assert app.ask("GET", f"/runs/{older.run_id}.html").status_code == 200
    newest = store(app, days=3)
    assert counts(app) == {"WJ": (1, newest.run_id)}
    change(app, newer, hidden=False)
    assert counts(app) == {"WJ": (2, newest.run_id)}
    change(app, newest, hidden=True)
    assert counts(app) == {"WJ": (1, newer.run_id)}
    change(app, older, hidden=False)
    assert counts(app) == {"WJ": (2, newer.run_id)}


def test_deleting_keeps_the_latest_and_the_counts_right(app):
    runs = [store(app, days=day) for day in range(4)]
    other = store(app, "WYC")
    change(app, runs[3], hidden=True)
    assert remove(app, runs[1]).status_code == 204
    assert counts(app) == {"WJ": (2, runs[2].run_id), "WYC": (1, other.run_id)}
    assert remove(app, runs[2]).status_code == 204
    assert counts(app) == {"WJ": (1, runs[0].run_id), "WYC": (1, other.run_id)}
    assert remove(app, runs[3]).status_code == 204  # hidden: it did not count
    assert counts(app) == {"WJ": (1, runs[0].run_id), "WYC": (1, other.run_id)}
    assert remove(app, runs[0]).status_code == 204
    assert counts(app) == {"WYC": (1, other.run_id)}
    assert row(app) is None


def test_a_deleted_run_stays_deleted_until_an_admin_sends_it_again(app):
    report = store(app)
    change(app, report, note="wrong machine", baseline=True)
    assert remove(app, report).status_code == 204
    for method, path in (
        ("GET", ""),
        ("GET", ".json"),
        ("GET", ".html"),
        ("GET", "/receipt"),
        ("DELETE", ""),
    ):
        answer = app.ask(method, f"/runs/{report.run_id}{path}", app.admin)
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (410, "deleted"), path
    assert change(app, report, note="x").status_code == 410
    again = app.ask("POST", "/runs", app.member, content=report.to_json())
    assert (again.status_code, again.json()["type"].rpartition(":")[2]) == (410, "deleted")
    assert counts(app) == {}
    assert app.ask("POST", "/runs", app.admin, content=report.to_json()).status_code == 201
    assert listed(app) == {report.run_id: None}  # without its note: it was deleted with it
    assert app.ask("POST", "/runs", app.member, content=report.to_json()).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"{", 400, None),
        (b"", 400, None),
        (b"\xff", 400, None),
        (b"[]", 422, "$"),
        (b'"x"', 422, "$"),
        (b'{"pinned": true}', 422, "pinned"),
        (b'{"hidden": "yes"}', 422, "hidden"),
        (b'{"baseline": 1}', 422, "baseline"),
        (b'{"note": 5}', 422, "note"),
        (b'{"note": "a\\u0000b"}', 422, "note"),
        (b'{"note": "\\u001b[31m"}', 422, "note"),
        (b'{"note": "%s"}' % (b"x" * 2001), 422, "note"),
        (b'{"note": "%s"}' % (b"x" * 70000), 413, None),
    ],
)
def test_what_is_no_change_is_refused_and_changes_nothing(app, body, status, field):
    report = store(app)
    answer = app.ask("PATCH", f"/runs/{report.run_id}", app.admin, content=body)
    assert answer.status_code == status, answer.text
    assert answer.json().get("field") == field
    assert listed(app) == {report.run_id: None}


def test_a_change_takes_json_of_a_run_that_exists(app):
    report = store(app)
    plain = {"Content-Type": "text/plain"}
    run = f"/runs/{report.run_id}"
    assert app.ask("PATCH", run, app.admin, headers=plain, content=b"{}").status_code == 415
    merge = {"Content-Type": "application/merge-patch+json"}
    assert app.ask("PATCH", run, app.admin, headers=merge, content=b"{}").status_code == 200
    for run_id in (new_run_id(), "x", "%00"):
        assert app.ask("PATCH", f"/runs/{run_id}", app.admin, json={}).status_code == 404
        assert app.ask("DELETE", f"/runs/{run_id}", app.admin).status_code == 404


def test_pins_at_the_same_time_leave_one_baseline(app):
    runs = [store(app, f"M{number}") for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda report: change(app, report, baseline=True, note="mine"), runs))
    assert [answer.status_code for answer in answers] == [200] * 8
    assert sum(said["baseline"] for said in listed(app).values()) == 1


def test_changes_and_deletions_of_one_run_at_the_same_time_end_in_order(app):
    kept, report = store(app), store(app, days=1)
    with ThreadPoolExecutor(9) as pool:
        changes = [pool.submit(change, app, report, hidden=bool(n % 2), note=str(n)) for n in range(8)]
        removed = pool.submit(remove, app, report)
    assert removed.result().status_code == 204
    assert {each.result().status_code for each in changes} <= {200, 410}
    assert counts(app) == {"WJ": (1, kept.run_id)}


def test_a_reindex_keeps_what_is_hidden_and_pinned(app, database_url):
    older, newer, deleted = store(app), store(app, days=1), store(app, "WYC")
    change(app, newer, hidden=True)
    change(app, older, baseline=True)
    with app.app.state.database.writing() as session:  # as an earlier version may have named the work
        session.exec(update(Run).values(workload_id="0123456789ab"))
        session.exec(
            update(Curation).where(Curation.baseline_of.is_not(None)).values(baseline_of="0123456789ab")
        )
    reindex(database_url)
    assert counts(app)["WJ"] == (1, older.run_id)
    with app.app.state.database.reading() as session:
        assert baseline_run(session, workload_id(older)).run_id == older.run_id
    remove(app, deleted)
    reindex(database_url)
    assert counts(app) == {"WJ": (1, older.run_id)}
