"""Storing reports: each once and whole or not at all, any number of them in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Executable, Insert, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, case, col, select, tuple_

from bitnet_report import Report

from .columns import run_values
from .deletions import lift_tombstone
from .tables import Latest, RawReport, Run, Tombstone


class ConflictError(Exception):
    """Another report has this run_id already."""

    def __init__(self, run_id: str) -> None:
        """Name the run."""
        super().__init__(f"the run {run_id} is stored already, with other content")


class DeletedError(Exception):
    """An admin deleted this run."""

    def __init__(self, run_id: str, deleted_at: datetime) -> None:
        """Name the run and the day."""
        super().__init__(f"the run {run_id} was deleted on {deleted_at:%Y-%m-%d}")


class Stored(NamedTuple):
    """What became of a report: the SHA-256 of its bytes, and whether it was new."""

    run_id: str
    sha256: str
    created: bool


class Submission(NamedTuple):
    """A report that was read and can be stored: its row of `run`, and its bytes as they were sent.

    `undelete`: it may come back although an admin deleted it.
    """

    row: dict[str, Any]
    body: bytes
    undelete: bool = False

    @property
    def run_id(self) -> str:
        """The run's id, under which it is stored once."""
        return str(self.row["run_id"])

    @property
    def sha256(self) -> str:
        """The hash of `body`."""
        return str(self.row["sha256"])


def submission_of(
    report: Report, member: str, body: bytes, received_at: datetime, *, undelete: bool = False
) -> Submission:
    """Make ready what can be before there is a transaction, in which others would wait for it."""
    sha256 = hashlib.sha256(body).hexdigest()
    return Submission(run_values(report, member, sha256, received_at), body, undelete)


def store_run(
    session: Session,
    report: Report,
    member: str,
    body: bytes,
    received_at: datetime,
    *,
    undelete: bool = False,
) -> Stored:
    """Store one report: the same bytes again change nothing. `undelete` also takes one that was deleted.

    Raises:
        ConflictError: the run_id is taken by a report with other bytes.
        DeletedError: the run was deleted, and stays so.
    """
    submission = submission_of(report, member, body, received_at, undelete=undelete)
    (outcome,) = store_runs(session, [submission])
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def store_runs(
    session: Session, submissions: Sequence[Submission]
) -> list[Stored | ConflictError | DeletedError]:
    """Store reports in the session's transaction; what is refused keeps no other back.

    Gives what became of each, in their order; of several with one run_id the first is stored.
    """
    statements = _statements_of(session.connection().dialect.name)
    ids = {submission.run_id for submission in submissions}
    held = _digests(session, statements, ids)
    created = set[str]()
    deleted: dict[str, datetime] = {}
    # Another worker may store one between the question and the insert; then the question is asked again.
    while missing := ids - held.keys() - deleted.keys():
        tombstones = _tombstones(session, statements, missing)
        new: dict[str, Submission] = {}
        for each in submissions:
            if each.run_id in missing and (each.undelete or each.run_id not in tombstones):
                new.setdefault(each.run_id, each)
        deleted |= {run_id: day for run_id, day in tombstones.items() if run_id not in new}
        for run_id in tombstones.keys() & new.keys():
            lift_tombstone(session, run_id, new[run_id].row["received_at"])
        inserted = _insert(session, statements, new)
        created |= inserted
        held |= {run_id: new[run_id].sha256 for run_id in inserted}
        held |= _digests(session, statements, new.keys() - inserted)
    outcomes: list[Stored | ConflictError | DeletedError] = []
    for each in submissions:
        if each.run_id in deleted:
            outcomes.append(DeletedError(each.run_id, deleted[each.run_id]))
        elif held[each.run_id] != each.sha256:
            outcomes.append(ConflictError(each.run_id))
        else:
            outcomes.append(Stored(each.run_id, each.sha256, created=each.run_id in created))
            created.discard(each.run_id)
    return outcomes


class _Statements(NamedTuple):
    """The statements that store reports; their values are given when they are executed."""

    digests: Executable
    tombstones: Executable
    run: Insert
    raw_report: Insert
    latest: Insert


@cache
def _statements_of(dialect: str) -> _Statements:
    """Made once: to put together a statement of some forty columns takes longer than to execute it.

    `run` gives the ids that it inserted, and changes nothing where a run is there already. `latest` counts a
    run, and puts it in front if it is newer; it is one statement, as another worker may do the same.
    """
    insert: Callable[[type[SQLModel]], postgresql.Insert | sqlite.Insert]
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    count_one, old = insert(Latest), Latest
    new = count_one.excluded
    newer = tuple_(new.measured_at, new.run_id) > tuple_(col(old.measured_at), col(old.run_id))
    latest = count_one.on_conflict_do_update(
        index_elements=[col(old.workload_id), col(old.member)],
        set_={
            "runs": col(old.runs) + 1,
            "run_id": case((newer, new.run_id), else_=col(old.run_id)),
            "measured_at": case((newer, new.measured_at), else_=col(old.measured_at)),
        },
    )
    ids: BindParameter[list[str]] = bindparam("ids", expanding=True)
    return _Statements(
        digests=select(Run.run_id, Run.sha256).where(col(Run.run_id).in_(ids)),
        tombstones=select(Tombstone.run_id, Tombstone.deleted_at).where(
            col(Tombstone.run_id).in_(ids), col(Tombstone.lifted_at).is_(None)
        ),
        run=insert(Run).on_conflict_do_nothing().returning(col(Run.run_id)),
        raw_report=insert(RawReport),
        latest=latest,
    )


def _digests(session: Session, statements: _Statements, ids: Collection[str]) -> dict[str, str]:
    """The SHA-256 of each report that is stored, by run_id."""
    if not ids:
        return {}
    rows = session.connection().execute(statements.digests, {"ids": sorted(ids)})
    return {row.run_id: row.sha256 for row in rows}


def _tombstones(session: Session, statements: _Statements, ids: Collection[str]) -> dict[str, datetime]:
    """When each run that was deleted (and not taken back) was, by run_id."""
    rows = session.connection().execute(statements.tombstones, {"ids": sorted(ids)})
    return {row.run_id: row.deleted_at for row in rows}


def _insert(session: Session, statements: _Statements, new: dict[str, Submission]) -> set[str]:
    """Insert what is not there yet, give the ids; every worker in one order, so that none deadlock."""
    if not new:
        return set()
    connection = session.connection()
    rows = [new[run_id].row for run_id in sorted(new)]
    inserted = set(connection.execute(statements.run, rows).scalars())
    stored = [new[row["run_id"]] for row in rows if row["run_id"] in inserted]
    if stored:
        raw = ("run_id", "sha256", "received_at")
        connection.execute(
            statements.raw_report,
            [{**{name: each.row[name] for name in raw}, "body": each.body} for each in stored],
        )
        latest = ("workload_id", "member", "run_id", "measured_at")
        stored.sort(key=lambda each: (each.row["workload_id"], each.row["member"]))
        connection.execute(
            statements.latest, [{**{name: each.row[name] for name in latest}, "runs": 1} for each in stored]
        )
    return inserted
