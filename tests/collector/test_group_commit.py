"""Reports that are committed together: each fares as if it had come alone."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta

import pytest
from collector_reports import START, make_report
from sqlalchemy import event, text
from sqlmodel import func, select

from bitnet_collector.columns import run_values
from bitnet_collector.database import Failure, failure_of, open_database
from bitnet_collector.deletions import delete_run
from bitnet_collector.group_commit import open_group_commit
from bitnet_collector.storing import ConflictError, DeletedError, store_run, submission_of
from bitnet_collector.tables import Latest, RawReport, Run, Tombstone


@pytest.fixture
def database(database_url):
    opened = open_database(database_url)
    yield opened
    opened.dispose()


def submission(report, **options):
    return submission_of(report, report.member, report.to_json(), START, **options)


def commit_together(database, submissions):
    """What becomes of submissions that wait for the same round."""

    async def scenario():
        queue = open_group_commit(database)
        found = await asyncio.gather(*(queue.join(each) for each in submissions), return_exceptions=True)
        queue.close()
        return found

    return asyncio.run(scenario())


def count(database, table) -> int:
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def test_reports_that_come_together_share_one_commit(database):
    commits = []
    event.listen(database.engine, "commit", commits.append)
    reports = [make_report(member) for member in ("WJ", "WJ", "WYC", "LCJ", "WJ")]
    outcomes = commit_together(database, [submission(report) for report in reports])
    assert [outcome.created for outcome in outcomes] == [True] * 5
    assert len(commits) == 1
    with database.reading() as session:
        for report, outcome in zip(reports, outcomes, strict=True):
            body = session.get(RawReport, report.run_id).body
            assert body == report.to_json()
            assert (
                outcome.sha256 == hashlib.sha256(body).hexdigest() == session.get(Run, report.run_id).sha256
            )
        latest = {row.member: row for row in session.exec(select(Latest))}
    assert {member: row.runs for member, row in latest.items()} == {"WJ": 3, "WYC": 1, "LCJ": 1}
    assert latest["WJ"].run_id == max(report.run_id for report in reports if report.member == "WJ")


def test_twins_conflicts_and_deleted_runs_are_told_apart_in_one_commit(database):
    known, deleted, back = make_report(), make_report(), make_report()
    with database.writing() as session:
        for report in (known, deleted, back):
            store_run(session, report, "WJ", report.to_json(), START)
    with database.writing() as session:
        for report in (deleted, back):
            delete_run(session, session.get(Run, report.run_id), START, "0" * 12)
    new = make_report()
    other = make_report(prefill_ms=1.0, run_id=new.run_id)
    outcomes = commit_together(
        database,
        [
            submission(new),
            submission(new),
            submission(other),
            submission(known),
            submission(make_report(prefill_ms=1.0, run_id=known.run_id)),
            submission(deleted),
            submission(back),
            submission(back, undelete=True),
            submission(make_report("WYC")),
        ],
    )
    created = [getattr(outcome, "created", type(outcome)) for outcome in outcomes]
    assert created[:6] == [True, False, ConflictError, False, ConflictError, DeletedError]
    assert sorted(created[6:8]) == [False, True]  # an admin's own word lets it back for both
    assert created[8] is True
    assert count(database, Run) == count(database, RawReport) == 4
    with database.reading() as session:
        lifted = {tombstone.run_id: tombstone.lifted_at for tombstone in session.exec(select(Tombstone))}
    assert lifted == {
        deleted.run_id: None,
        back.run_id: START + timedelta(microseconds=1),
    }  # after its deletion


FAULTY = {
    "sqlite": [
        "CREATE TRIGGER faulty BEFORE INSERT ON latest WHEN NEW.member = 'FAULTY' "
        "BEGIN SELECT RAISE(ABORT, 'as told'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'as told' USING ERRCODE = '23514'; END $$",
        "CREATE TRIGGER faulty BEFORE INSERT ON latest FOR EACH ROW "
        "WHEN (NEW.member = 'FAULTY') EXECUTE FUNCTION fail()",
    ],
}


def test_one_that_cannot_be_stored_keeps_no_other_back(database):
    with database.writing() as session:
        for statement in FAULTY[database.engine.dialect.name]:
            session.execute(text(statement))
    good, faulty, last = make_report("WJ"), make_report("FAULTY"), make_report("LCJ")
    first, failed, third = commit_together(database, [submission(each) for each in (good, faulty, last)])
    assert (first.created, third.created) == (True, True)
    assert failure_of(failed) is Failure.WRONG
    with database.reading() as session:
        assert set(session.exec(select(Run.run_id))) == {good.run_id, last.run_id}
        assert set(session.exec(select(RawReport.run_id))) == {good.run_id, last.run_id}


def test_a_busy_store_is_told_to_all_and_nothing_is_stored(database, database_url):
    from test_failures import SHORT_MS, someone_writing

    reports = [make_report() for _ in range(3)]
    impatient = open_database(database_url, busy_timeout_ms=SHORT_MS)
    with someone_writing(database_url):
        outcomes = commit_together(impatient, [submission(report) for report in reports])
    impatient.dispose()
    assert [failure_of(outcome) for outcome in outcomes] == [Failure.BUSY] * 3
    assert count(database, Run) == 0
    again = commit_together(database, [submission(report) for report in reports])
    assert [outcome.created for outcome in again] == [True] * 3


def test_a_row_has_a_value_for_every_column():
    assert set(run_values(make_report(), "WJ", "0" * 64, START)) == set(Run.model_fields)
