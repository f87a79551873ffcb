"""An admin's queries: annotate a run, pin it as a baseline, leave it out of the summary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from .moments import later_than
from .tables import Curation, Latest, Run


class UncuratableError(Exception):
    """What is asked for contradicts what the run is."""


@dataclass(frozen=True)
class Change:
    """What to change of a run; a None changes nothing, an empty `note` takes the note away."""

    note: str | None = None
    baseline: bool | None = None
    hidden: bool | None = None


def curation_of(session: Session, run_id: str) -> Curation | None:
    """What an admin has said of this run."""
    return session.get(Curation, run_id)


def curations_of(session: Session, run_ids: Iterable[str]) -> dict[str, Curation]:
    """What an admin has said of these runs, by run; those without a word are left out."""
    query = select(Curation).where(col(Curation.run_id).in_(list(run_ids)))
    return {curation.run_id: curation for curation in session.exec(query)}


def baseline_run(session: Session, workload_id: str) -> Run | None:
    """The run that others of this workload are held against, or None where none is pinned."""
    query = (
        select(Run)
        .join(Curation, col(Curation.run_id) == col(Run.run_id))
        .where(col(Curation.baseline_of) == workload_id, col(Run.workload_id) == workload_id)
    )
    return session.exec(query).first()


def run_to_change(session: Session, run_id: str) -> Run | None:
    """The run, kept from other admins' changes until the transaction ends."""
    return session.get(Run, run_id, with_for_update=True)


def curate(session: Session, run: Run, change: Change, now: datetime, token_id: str) -> Curation:
    """Make the change; the baseline that the workload had before is one no longer.

    Raises:
        UncuratableError: the run would be a baseline although it is hidden, or invalid.
    """
    curation = curation_of(session, run.run_id) or Curation(
        run_id=run.run_id, changed_at=now, changed_by=token_id
    )
    hidden = curation.hidden if change.hidden is None else change.hidden
    baseline = curation.baseline if change.baseline is None else change.baseline
    if baseline and not may_be_baseline(run, hidden=hidden):
        why = "hidden" if hidden else "invalid"
        raise UncuratableError(f"the run {run.run_id} is {why}, so nothing can be held against it")
    if change.note is not None:
        curation.note, curation.note_at = change.note or None, later_than(now, curation.note_at)
    if change.hidden is not None:
        curation.hidden_at = later_than(now, curation.hidden_at)
    if change.baseline is not None:
        curation.baseline_at = later_than(now, curation.baseline_at, _pinned_at(session, run))
    curation.changed_at, curation.changed_by = now, token_id
    settle(session, run, curation, hidden=hidden, baseline=baseline)
    return curation


def _pinned_at(session: Session, run: Run) -> datetime | None:
    """When the baseline of the run's workload was pinned, if there is one."""
    pinned = baseline_run(session, run.workload_id)
    said = None if pinned is None else curation_of(session, pinned.run_id)
    return None if said is None else said.baseline_at


def may_be_baseline(run: Run, *, hidden: bool) -> bool:
    """Tell whether others can be held against the run."""
    return not hidden and run.grade != "invalid"


def settle(session: Session, run: Run, curation: Curation, *, hidden: bool, baseline: bool) -> None:
    """Put what was decided into effect: one baseline a workload, and a hidden run counts in no summary."""
    was_hidden, curation.hidden = curation.hidden, hidden
    if baseline:
        _unpin(session, run, curation.baseline_at)
    curation.baseline_of = run.workload_id if baseline else None
    session.add(curation)
    session.flush()
    if hidden != was_hidden:
        recount(session, run, -1 if hidden else 1)


def _unpin(session: Session, run: Run, now: datetime | None) -> None:
    of_workload = select(Latest.run_id).where(Latest.workload_id == run.workload_id)
    session.exec(of_workload.order_by(Latest.member).with_for_update()).all()  # one pin at a time
    pinned = select(Curation).where(Curation.baseline_of == run.workload_id, Curation.run_id != run.run_id)
    for other in session.exec(pinned):
        other.baseline_of, other.baseline_at = None, now
        session.add(other)
    session.flush()  # before another takes its place: the column is unique


def recount(session: Session, run: Run, difference: int, gone: bool = False) -> None:
    """Keep `latest` right after a run came to count or ceased to: its number, and which run is the latest."""
    latest = session.get(Latest, (run.workload_id, run.member), with_for_update=True)  # a report may come in
    newest = _newest_counted(session, run, without=run.run_id if gone else None)
    if newest is None:
        if latest is not None:
            session.delete(latest)
            session.flush()
        return
    if latest is None:
        latest = Latest(
            workload_id=run.workload_id,
            member=run.member,
            run_id=newest.run_id,
            measured_at=newest.measured_at,
            runs=0,
        )
    latest.run_id, latest.measured_at = newest.run_id, newest.measured_at
    latest.runs += difference
    session.add(latest)
    session.flush()


def _newest_counted(session: Session, run: Run, without: str | None) -> Run | None:
    query = (
        select(Run)
        .where(col(Run.workload_id) == run.workload_id, col(Run.member) == run.member)
        .where(is_counted(), col(Run.run_id) != (without or ""))
        .order_by(col(Run.measured_at).desc(), col(Run.run_id).desc())
        .limit(1)
    )
    return session.exec(query).first()


def is_counted(run: type[Run] = Run) -> ColumnElement[bool]:
    """The condition that a run counts in summaries: nobody has hidden it."""
    hidden = select(Curation.run_id).where(Curation.run_id == run.run_id, col(Curation.hidden).is_(True))
    return ~hidden.exists()


def repin(session: Session) -> None:
    """Let baselines follow their runs to another workload; of two that meet there, one keeps its pin."""
    query = select(Curation, Run.workload_id).join(Run, col(Run.run_id) == col(Curation.run_id))
    moved = [
        (curation, workload)
        for curation, workload in session.exec(query.where(col(Curation.baseline_of).is_not(None)))
        if curation.baseline_of != workload
    ]
    for curation, _workload in moved:
        curation.baseline_of = None
    session.flush()
    for curation, workload in moved:
        if baseline_run(session, workload) is None:
            curation.baseline_of = workload
            session.flush()
