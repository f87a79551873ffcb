"""The queries behind the summary: each finds its rows at the end of an index, however many runs there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ScalarSelect, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from .curation import is_counted
from .summary_table import MEDIAN_OF, Show
from .tables import Latest, Run, Standing, rankable


def standings(session: Session) -> list[Standing]:
    """The latest run of each member in each workload, with the number of runs they have there."""
    query = select(Run, Latest.runs).join(Latest, col(Latest.run_id) == col(Run.run_id))
    return [Standing(run, runs) for run, runs in session.exec(query)]


def picked_runs(session: Session, workload_id: str, show: Show) -> dict[str, Sequence[Run]]:
    """For each member with a rankable run of this workload: their best, or their latest few, newest first.

    `latest` picks nothing: the standings have it.
    """
    if show == "latest":
        return {}
    wanted = [_best()] if show == "best" else [_newest(place) for place in range(MEDIAN_OF)]
    ids = union_all(
        *(select(one.label("run_id")).where(col(Latest.workload_id) == workload_id) for one in wanted)
    ).subquery()
    query = (
        select(Run)
        .join(ids, col(Run.run_id) == ids.c.run_id)
        .order_by(col(Run.measured_at).desc(), col(Run.run_id).desc())
    )
    runs: dict[str, list[Run]] = {}
    for run in session.exec(query):
        runs.setdefault(run.member, []).append(run)
    return dict(runs)


def best_runs(session: Session, workload_ids: Collection[str]) -> dict[tuple[str, str], Run]:
    """The fastest rankable run of each member in these workloads, by workload and member."""
    if not workload_ids:
        return {}
    ids = select(_best().label("run_id")).where(col(Latest.workload_id).in_(list(workload_ids))).subquery()
    query = select(Run).join(ids, col(Run.run_id) == ids.c.run_id)
    return {(run.workload_id, run.member): run for run in session.exec(query)}


def _newest(place: int) -> ScalarSelect[str]:
    """The id of a pair's newest rankable run, or of the one `place` before it."""
    run = aliased(Run)
    return _first(run, col(run.measured_at).desc(), col(run.run_id).desc(), place=place)


def _best() -> ScalarSelect[str]:
    """The id of a pair's rankable run with the fastest decode; of equals the newest."""
    run = aliased(Run)
    return _first(run, col(run.decode_ms_per_token), col(run.measured_at).desc(), col(run.run_id).desc())


def _first(run: Any, *order: Any, place: int = 0) -> ScalarSelect[str]:
    """The id of the rankable run that comes first in this order, for each pair of workload and member."""
    query = (
        select(run.run_id)
        .where(run.workload_id == Latest.workload_id, run.member == Latest.member, rankable(run))
        .where(is_counted(run))
        .order_by(*order)
        .limit(1)
        .offset(place)
    )
    return query.correlate(Latest).scalar_subquery()
