"""An admin's queries: delete a run, and let a deleted one be stored again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, select

from .curation import curation_of, recount
from .moments import later_than
from .tables import RawReport, Run, Tombstone


def delete_run(session: Session, run: Run, now: datetime, token_id: str) -> None:
    """Take the run, its report and its curation out, and leave a tombstone."""
    earlier = session.get(Tombstone, run.run_id)
    if earlier is not None and earlier.lifted_at is not None:
        now = max(now, earlier.lifted_at)  # the newest word, also where the clock was set back
    curation, raw = curation_of(session, run.run_id), session.get(RawReport, run.run_id)
    counted = curation is None or not curation.hidden
    session.merge(Tombstone(run_id=run.run_id, sha256=run.sha256, deleted_at=now, deleted_by=token_id))
    for row in (curation, raw):
        if row is not None:
            session.delete(row)
    session.flush()
    if counted:
        recount(session, run, -1, gone=True)
    session.delete(run)
    session.flush()


def tombstone_of(session: Session, run_id: str) -> Tombstone | None:
    """The mark of a deleted run, unless an admin has stored it again."""
    tombstone = session.get(Tombstone, run_id)
    return None if tombstone is None or tombstone.lifted_at is not None else tombstone


def every_tombstone(session: Session) -> Iterable[Tombstone]:
    """The marks of all runs that were deleted, and of those that were stored again, in order."""
    return session.exec(select(Tombstone).order_by(Tombstone.run_id))


def lift_tombstone(session: Session, run_id: str, now: datetime) -> None:
    """Let the run be stored again, and keep that this was decided."""
    tombstone = tombstone_of(session, run_id)
    if tombstone is not None:
        tombstone.lifted_at = later_than(now, tombstone.deleted_at)
        session.add(tombstone)
        session.flush()
