"""The queries of runs: listing, finding one; `storing` stores them, `standings` has the summary's queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select, tuple_

from .cursors import Cursor
from .deletions import tombstone_of
from .storing import DeletedError
from .tables import RawReport, Run


@dataclass(frozen=True)
class Wanted:
    """Which runs to list; a None asks for nothing. `since` is included, `until` is not.

    `alone` leaves out the points of sweeps.
    """

    member: str | None = None
    model: str | None = None
    workload: str | None = None
    grade: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    alone: bool = False


def refuse_deleted(session: Session, run_id: str) -> None:
    """Tell a run that was deleted from one that never was.

    Raises:
        DeletedError: an admin deleted it.
    """
    tombstone = tombstone_of(session, run_id)
    if tombstone is not None:
        raise DeletedError(tombstone.run_id, tombstone.deleted_at)


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
    if wanted.alone:
        conditions.append(col(Run.sweep_id).is_(None))
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
