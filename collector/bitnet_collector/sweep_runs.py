"""The queries behind the sweeps: each finds its rows through an index of runs that are in one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from .curation import is_counted
from .sweeps import SweepItem
from .tables import Run

MOST_POINTS = 2000
"""Points of a sweep that are shown; a grid of more is hardly ever measured."""
MOST_SWEEPS = 20


def sweep_runs(session: Session, sweep_id: str) -> Sequence[Run]:
    """The runs of a sweep, in the order of their measurement; those left out of the summary are not here."""
    query = (
        select(Run)
        .where(col(Run.sweep_id) == sweep_id, is_counted(Run))
        .order_by(col(Run.run_id))
        .limit(MOST_POINTS)
    )
    return session.exec(query).all()


def points_of(session: Session, member: str, workload_id: str) -> int:
    """How many points of sweeps a member has in one workload."""
    query = select(func.count()).where(
        col(Run.member) == member, col(Run.sweep_id).is_not(None), col(Run.workload_id) == workload_id
    )
    return session.exec(query).one()


def sweeps_of(session: Session, member: str) -> list[SweepItem]:
    """A member's newest sweeps; their ids are in the order of time (UUID version 7)."""
    query = (
        select(Run.sweep_id, func.count(), func.min(Run.measured_at))
        .where(col(Run.member) == member, col(Run.sweep_id).is_not(None))
        .group_by(col(Run.sweep_id))
        .order_by(col(Run.sweep_id).desc())
        .limit(MOST_SWEEPS)
    )
    return [
        SweepItem(sweep_id=sweep_id, points=points, began=began)
        for sweep_id, points, began in session.exec(query)
        if sweep_id is not None
    ]
