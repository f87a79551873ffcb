"""Queries over all raw reports, and the indexes made anew from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy
from sqlalchemy import delete, func, insert, text
from sqlmodel import Session, col, select

from .curation import is_counted
from .tables import Latest, RawReport, Run

_IDS = 1000


def report_ids(session: Session) -> Iterator[str]:
    """Every run's id, in order, read in pages; those that come in behind the place reached are given too."""
    last = ""
    while page := session.exec(
        select(RawReport.run_id).where(col(RawReport.run_id) > last).order_by(RawReport.run_id).limit(_IDS)
    ).all():
        yield from page
        last = page[-1]


def stored_report(session: Session, run_id: str) -> RawReport | None:
    """The report, which the session then forgets, so that the store can be larger than memory."""
    raw = session.get(RawReport, run_id)
    if raw is not None:
        session.expunge(raw)
    return raw


def replace_columns(session: Session, runs: Sequence[Run]) -> None:
    """Give each run the columns that were made anew."""
    for run in runs:
        session.merge(run)
    session.flush()


def rebuild_latest(session: Session) -> None:
    """Count members' runs (hidden ones aside) in every workload, find the latest; nobody stores meanwhile."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        session.execute(text("LOCK TABLE latest IN SHARE ROW EXCLUSIVE MODE"))
    pair = (col(Run.workload_id), col(Run.member))
    newest = (col(Run.measured_at).desc(), col(Run.run_id).desc())
    ranked = sqlalchemy.select(
        *pair,
        col(Run.run_id),
        col(Run.measured_at),
        func.count().over(partition_by=pair).label("runs"),
        func.row_number().over(partition_by=pair, order_by=newest).label("place"),
    )
    counted = ranked.where(is_counted()).subquery()
    columns = ("workload_id", "member", "run_id", "measured_at", "runs")
    first = sqlalchemy.select(*(counted.c[name] for name in columns)).where(counted.c.place == 1)
    session.execute(delete(Latest))
    session.execute(insert(Latest).from_select(columns, first))
