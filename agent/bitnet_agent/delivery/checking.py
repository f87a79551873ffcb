"""Does the collector still hold what it acknowledged? One question a report, compared by SHA-256."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from .collector import fetch_receipt
from .failures import RefusedError
from .outbox import Outgoing
from .retrying import persist
from .sending import Sender
from .spool import Spool

_DELETED = 410
"""The status by which a collector tells of a run that an admin deleted."""

State = Literal["stored", "missing", "different", "deleted"]


@dataclass(frozen=True)
class Question:
    """A report that should be at a collector, by the hash of its bytes; `label` is what a person calls it."""

    label: str
    run_id: str
    sha256: str
    collector: str


@dataclass(frozen=True)
class Checked:
    """What the collector said; `waits`: the report is in the spool, `push --all` sends it."""

    question: Question
    state: State
    waits: bool


def question_of(label: str, outgoing: Outgoing, collector: str) -> Question:
    """Ask for a report file."""
    return Question(label, outgoing.run_id, hashlib.sha256(outgoing.body).hexdigest(), collector)


def questions_of(spool: Spool, collector: str | None) -> list[Question]:
    """Ask for every kept receipt and for everything that waits, at `collector` or wherever each belongs."""
    known = {(kept.run_id, kept.sha256, kept.collector) for kept in spool.receipts()}
    known |= {(e.slip.run_id, e.slip.sha256, e.slip.collector) for e in spool.waiting()}
    return [
        Question(run_id, run_id, sha256, where)
        for run_id, sha256, where in sorted(known)
        if collector in (None, where)
    ]


def check(question: Question, spool: Spool, sender: Sender) -> Checked:
    """Ask for one.

    Raises:
        DeliveryError: the collector does not answer, or refuses to say.
    """
    try:
        kept = persist(
            lambda: fetch_receipt(question.run_id, question.collector, sender.token),
            sender.patience,
            sender.tell,
        )
        state: State = "missing" if kept is None else "stored" if kept == question.sha256 else "different"
    except RefusedError as error:
        if error.status != _DELETED:
            raise
        state = "deleted"
    waits = any((e.slip.run_id, e.slip.sha256) == (question.run_id, question.sha256) for e in spool.waiting())
    return Checked(question, state, waits)
