"""Two collectors' words about a run made one: of each question the newest decision counts.

A decision is its time and its value, and of two the greater pair stays: so it holds for notes, for what is
hidden, and for deletions. A workload has one baseline: the run that was pinned last. To merge again changes
nothing, and two collectors that merged each other say the same. Words about a run that is not here are not
kept: they come with the run, or with the next import.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from ..curation import baseline_run, curation_of, may_be_baseline, run_to_change, settle
from ..deletions import delete_run
from ..storing import ConflictError
from ..tables import Curation, Run, Tombstone
from .words import Deletion, Said

_COLUMNS = ("note", "note_at", "baseline_of", "baseline_at", "hidden", "hidden_at")


def merge_said(session: Session, run: Run, said: Said) -> bool:
    """Take what is newer of what another collector's admins said of this run; tell whether anything was.

    A hidden or invalid run stays no baseline, whatever was said of it and when.
    """
    known = curation_of(session, run.run_id)
    ours = known or Curation(run_id=run.run_id, changed_at=said.changed_at, changed_by=said.changed_by)
    before = _values(ours)
    if _newer(said.note_at, said.note or "", ours.note_at, ours.note or ""):
        ours.note, ours.note_at = said.note, said.note_at
    hidden, baseline = ours.hidden, ours.baseline
    if _newer(said.hidden_at, said.hidden, ours.hidden_at, hidden):
        hidden, ours.hidden_at = said.hidden, said.hidden_at
    if _newer(said.baseline_at, not said.baseline, ours.baseline_at, not baseline):
        baseline, ours.baseline_at = said.baseline, said.baseline_at
    if baseline and not may_be_baseline(run, hidden=hidden):
        baseline = False
    if baseline and (later := _pinned_later(session, run, ours)) is not None:
        baseline, ours.baseline_at = False, later
    ours.changed_at, ours.changed_by = max(
        (ours.changed_at, ours.changed_by), (said.changed_at, said.changed_by)
    )
    settle(session, run, ours, hidden=hidden, baseline=baseline)
    return known is None or _values(ours) != before


def merge_deletion(session: Session, deletion: Deletion) -> bool:
    """Take a deletion, or that one was taken back, if that is the newest word; tell whether a run went.

    A run that is not here is kept from coming in.

    Raises:
        ConflictError: the run is here with other content, which nobody deleted.
    """
    ours = session.get(Tombstone, deletion.run_id)
    if ours is not None and deletion.decided <= Deletion.model_validate(ours).decided:
        return False
    run = run_to_change(session, deletion.run_id)
    if run is not None and deletion.lifted_at is None:
        if run.sha256 != deletion.sha256:
            raise ConflictError(run.run_id)
        delete_run(session, run, deletion.deleted_at, deletion.deleted_by)
        return True
    session.merge(Tombstone(**deletion.model_dump()))
    session.flush()
    return False


def _newer(their_time: datetime | None, theirs: Any, our_time: datetime | None, ours: Any) -> bool:
    if their_time is None:
        return False
    return our_time is None or (their_time, theirs) > (our_time, ours)


def _pinned_later(session: Session, run: Run, curation: Curation) -> datetime | None:
    """When another run was pinned instead of this one, if it was."""
    other = baseline_run(session, run.workload_id)
    pinned = None if other is None or other.run_id == run.run_id else curation_of(session, other.run_id)
    if other is None or pinned is None:
        return None
    theirs, ours = pinned.baseline_at or pinned.changed_at, curation.baseline_at or curation.changed_at
    return theirs if (theirs, other.run_id) > (ours, run.run_id) else None


def _values(curation: Curation) -> Mapping[str, Any]:
    return {name: getattr(curation, name) for name in _COLUMNS}
