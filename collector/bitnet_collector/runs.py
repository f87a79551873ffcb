"""The queries of runs: storing a report, listing, finding one; those of the summary are in `standings`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Insert, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, case, col, select, tuple_

from bitnet_report import Report

from .columns import run_columns
from .cursors import Cursor
from .deletions import lift_tombstone, tombstone_of
from .tables import Latest, RawReport, Run, Tombstone


class ConflictError(Exception):
    """Another report has this run_id already."""

    def __init__(self, run_id: str) -> None:
        """Name the run."""
        super().__init__(f"the run {run_id} is stored already, with other content")


class DeletedError(Exception):
    """An admin deleted this run."""

    def __init__(self, tombstone: Tombstone) -> None:
        """Name the run and the day."""
        super().__init__(f"the run {tombstone.run_id} was deleted on {tombstone.deleted_at:%Y-%m-%d}")


class Stored(NamedTuple):
    """What became of a report: the SHA-256 of its bytes, and whether it was new."""

    run_id: str
    sha256: str
    created: bool


@dataclass(frozen=True)
class Wanted:
    """Which runs to list; a None asks for nothing. `since` is included, `until` is not."""

    member: str | None = None
    model: str | None = None
    workload: str | None = None
    grade: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def store_run(
    session: Session,
    report: Report,
    member: str,
    body: bytes,
    received_at: datetime,
    *,
    undelete: bool = False,
) -> Stored:
    """Store a report once: the same bytes again change nothing. `undelete` also takes one that was deleted.

    Raises:
        ConflictError: the run_id is taken by a report with other bytes.
        DeletedError: the run was deleted, and stays so.
    """
    sha256 = hashlib.sha256(body).hexdigest()
    # Another worker may store it between the question and the insert; then the question is asked again.
    while (known := _sha256_of(session, report.run_id)) is None:
        if undelete:
            lift_tombstone(session, report.run_id, received_at)
        refuse_deleted(session, report.run_id)
        run = run_columns(report, member, sha256, received_at)
        connection = session.connection()
        inserts = _insert_of(connection.dialect.name)
        count = connection.execute(
            inserts.run, run.model_dump(), execution_options={"preserve_rowcount": True}
        ).rowcount
        if count == 0:
            continue
        raw = {"run_id": run.run_id, "sha256": sha256, "received_at": received_at, "body": body}
        connection.execute(inserts.raw_report, raw)
        pair = {"workload_id": run.workload_id, "member": run.member}
        connection.execute(
            inserts.latest, {**pair, "run_id": run.run_id, "measured_at": run.measured_at, "runs": 1}
        )
        return Stored(run.run_id, sha256, created=True)
    if known != sha256:
        raise ConflictError(report.run_id)
    return Stored(report.run_id, sha256, created=False)


def _sha256_of(session: Session, run_id: str) -> str | None:
    return session.exec(select(RawReport.sha256).where(RawReport.run_id == run_id)).first()


class _Inserts(NamedTuple):
    """The statements that store a report; their values are given when they are executed."""

    run: Insert
    raw_report: Insert
    latest: Insert


@cache
def _insert_of(dialect: str) -> _Inserts:
    """Made once: to put together a statement of some forty columns takes longer than to execute it.

    `run` changes nothing where the run is there already. `latest` counts the run, and puts it in front if it
    is newer; it is one statement, as another worker may do the same.
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
    return _Inserts(insert(Run).on_conflict_do_nothing(), insert(RawReport), latest)


def refuse_deleted(session: Session, run_id: str) -> None:
    """Tell a run that was deleted from one that never was.

    Raises:
        DeletedError: an admin deleted it.
    """
    tombstone = tombstone_of(session, run_id)
    if tombstone is not None:
        raise DeletedError(tombstone)


def list_runs(session: Session, wanted: Wanted, after: Cursor | None, limit: int) -> Sequence[Run]:
    """Up to `limit` runs, newest first, from behind `after` on; runs that arrive meanwhile shift nothing."""
    if (narrow := _without_model(session, wanted)) is None:
        return []
    query = select(Run).where(*_conditions(narrow, after)).order_by(*_newest_first())
    return session.exec(query.limit(limit)).all()


def last_of_page(session: Session, wanted: Wanted, after: Cursor | None, limit: int) -> Cursor | None:
    """Where a page of `limit` runs ends, or None where no run is behind it."""
    if (narrow := _without_model(session, wanted)) is None:
        return None
    query = select(Run.measured_at, Run.run_id).where(*_conditions(narrow, after)).order_by(*_newest_first())
    found = session.exec(query.offset(limit - 1).limit(2)).all()
    return Cursor(*found[0]) if len(found) == 2 else None


def _without_model(session: Session, wanted: Wanted) -> Wanted | None:
    """The same without the model where the workload says it; None where that is of another model."""
    if wanted.model is None or wanted.workload is None:
        return wanted
    of_work = select(Run.model).where(Run.workload_id == wanted.workload).limit(1)
    return replace(wanted, model=None) if session.exec(of_work).first() == wanted.model else None


def _newest_first() -> tuple[ColumnElement[Any], ...]:
    return col(Run.measured_at).desc(), col(Run.run_id).desc()


def _conditions(wanted: Wanted, after: Cursor | None) -> list[ColumnElement[bool]]:
    """What a run must fulfil to be listed: everything that is wanted, and to stand behind `after`."""
    equal = (
        (Run.member, wanted.member),
        (Run.model, wanted.model),
        (Run.workload_id, wanted.workload),
        (Run.grade, wanted.grade),
    )
    conditions = [col(column) == value for column, value in equal if value is not None]
    if wanted.since is not None:
        conditions.append(col(Run.measured_at) >= wanted.since)
    # Of two upper bounds SQLite may take the wider one to enter the index: only the narrower is said.
    if after is not None and (wanted.until is None or after.measured_at < wanted.until):
        conditions.append(tuple_(col(Run.measured_at), col(Run.run_id)) < tuple_(*after))
    elif wanted.until is not None:
        conditions.append(col(Run.measured_at) < wanted.until)
    return conditions


def raw_report(session: Session, run_id: str) -> RawReport | None:
    """The report as it was sent, or None where there is no such run."""
    return session.get(RawReport, run_id)


def run_of(session: Session, run_id: str) -> Run | None:
    """The columns of a run, or None where there is no such run."""
    return session.get(Run, run_id)


def run_before(session: Session, run: Run) -> Run | None:
    """The member's run of the same work that was measured before this one, the nearest of them."""
    query = (
        select(Run)
        .where(col(Run.workload_id) == run.workload_id, col(Run.member) == run.member)
        .where(tuple_(col(Run.measured_at), col(Run.run_id)) < tuple_(run.measured_at, run.run_id))
        .order_by(col(Run.measured_at).desc(), col(Run.run_id).desc())
        .limit(1)
    )
    return session.exec(query).first()


def probe(session: Session) -> None:
    """Read something small: it fails where the database does not answer."""
    session.exec(select(func.count()).select_from(select(Run.run_id).limit(1).subquery())).one()
