"""How the store stands: read from its small tables and the ends of an index, so never slow."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from .tables import Latest, Run


class StoreFigures(NamedTuple):
    """Runs that the summary counts, when the oldest and newest of all were measured, bytes on the disk."""

    runs: int
    members: int
    workloads: int
    oldest: datetime | None
    newest: datetime | None
    size_bytes: int


def store_figures(session: Session) -> StoreFigures:
    """Read the figures; the size is the database's alone, without logs that are not yet merged into it."""
    counts = select(
        func.coalesce(func.sum(Latest.runs), 0),
        func.count(func.distinct(Latest.member)),
        func.count(func.distinct(Latest.workload_id)),
    )
    runs, members, workloads = session.exec(counts).one()
    moment = col(Run.measured_at)
    return StoreFigures(
        runs=int(runs),
        members=members,
        workloads=workloads,
        oldest=session.exec(select(Run.measured_at).order_by(moment).limit(1)).first(),
        newest=session.exec(select(Run.measured_at).order_by(moment.desc()).limit(1)).first(),
        size_bytes=_size(session),
    )


def _size(session: Session) -> int:
    if session.get_bind().dialect.name == "sqlite":
        query = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    else:
        query = "SELECT pg_database_size(current_database())"
    return int(session.execute(text(query)).scalar_one())
