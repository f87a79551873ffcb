"""Which runs the summary takes out of the database, and that it finds them at the end of an index."""

from __future__ import annotations

from datetime import timedelta

import pytest
from collector_reports import START, make_report
from sqlalchemy import event

from bitnet_collector.database import open_database
from bitnet_collector.standings import picked_runs, standings
from bitnet_collector.storing import store_run
from bitnet_report import workload_id


@pytest.fixture
def database(database_url):
    opened = open_database(database_url)
    yield opened
    opened.dispose()


def store(database, member, *decodes, grade="A", first=START, **options):
    """One run an hour; gives their ids in this order, and the workload."""
    ids = []
    for hour, decode in enumerate(decodes):
        report = make_report(
            member,
            decode_ms_per_token=decode,
            measured_at=first + timedelta(hours=hour),
            grade=grade,
            **options,
        )
        with database.writing() as session:
            store_run(session, report, member, report.to_json(), START + timedelta(days=30))
        ids.append(report.run_id)
    return ids, workload_id(report)


def picked(database, workload, show):
    with database.reading() as session:
        return {
            member: [run.run_id for run in runs]
            for member, runs in picked_runs(session, workload, show).items()
        }


def test_the_best_is_the_fastest_valid_run_and_of_equals_the_newest(database):
    ids, workload = store(database, "WJ", 500.0, 450.0, 450.0, 600.0)
    others, _ = store(database, "WYC", 700.0)
    store(database, "WJ", 1.0, grade="invalid", first=START + timedelta(days=1))
    store(database, "WJ", 0.0, first=START + timedelta(days=2))
    store(database, "WJ", 2.0, engine="other")
    assert picked(database, workload, "best") == {"WJ": [ids[2]], "WYC": others}


def test_the_median_takes_the_latest_five_valid_runs_newest_first(database):
    ids, workload = store(database, "WJ", 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)
    few, _ = store(database, "WYC", 9.0, 8.0, first=START - timedelta(days=9))
    store(database, "WYC", 1.0, grade="invalid")
    store(database, "LCJ", 1.0, grade="invalid")
    assert picked(database, workload, "median5") == {"WJ": ids[:1:-1], "WYC": few[::-1]}


def test_nothing_is_picked_for_the_latest_because_the_standings_have_it(database):
    ids, workload = store(database, "WJ", 500.0, 450.0)
    assert picked(database, workload, "latest") == {}
    with database.reading() as session:
        assert [(s.run.run_id, s.runs) for s in standings(session)] == [(ids[1], 2)]


@pytest.mark.parametrize("show", ["latest", "best", "median5"])
def test_no_query_of_the_summary_reads_all_runs(tmp_path, show):
    database = open_database(f"sqlite:///{tmp_path}/runs.db")
    _, workload = store(database, "WJ", 3.0, 2.0, 1.0)
    said = []
    event.listen(
        database.engine, "before_cursor_execute", lambda _c, _k, text, given, *_: said.append((text, given))
    )
    with database.reading() as session:
        standings(session)
        picked_runs(session, workload, show)
    queries = [(text, given) for text, given in said if text.startswith("SELECT")]
    assert queries
    raw = database.engine.raw_connection()
    for text, given in queries:
        plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {text}", given)]
        reads = [step for step in plan if step.startswith(("SCAN", "SEARCH")) and " latest" not in step]
        assert reads
        assert all(step.startswith("SEARCH") for step in reads), plan
        inner = [step for step in reads if step.split()[1].startswith("run_")]
        assert len(inner) == {"latest": 0, "best": 1, "median5": 5}[show] or "latest.run_id" in text
        assert all("workload_id=? AND member=?" in step for step in inner)
    raw.close()
    database.dispose()
