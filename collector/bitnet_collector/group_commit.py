"""Reports that come in together are committed together: each is answered after the commit that holds it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from .database import Database, Failure, failure_of
from .rounds import Rounds
from .storing import Stored, Submission, store_runs

_MOST = 64
"""Reports in one transaction: more would make the first of them wait longer and save next to nothing."""

GroupCommit = Rounds[Submission, Stored]


def open_group_commit(database: Database) -> GroupCommit:
    """Make the one queue of this process to the database; it must be closed before the database is."""
    return Rounds(partial(_commit, database), _MOST, "storing")


def _commit(database: Database, submissions: Sequence[Submission]) -> Sequence[Stored | Exception]:
    """Store all in one transaction; where a single one may be at fault, each in one of its own."""
    try:
        with database.writing() as session:
            return store_runs(session, submissions)
    except Exception as error:
        if len(submissions) == 1 or _concerns_all(error):
            raise
    return [outcome for each in submissions for outcome in _commit_alone(database, each)]


def _commit_alone(database: Database, submission: Submission) -> Sequence[Stored | Exception]:
    try:
        return _commit(database, [submission])
    except Exception as error:  # noqa: BLE001  (raised again in the request that it belongs to)
        return [error]


def _concerns_all(error: Exception) -> bool:
    """Whether the store itself failed, so that trying report by report would only take longer."""
    if isinstance(error, DBAPIError):
        return failure_of(error) in (Failure.BUSY, Failure.UNAVAILABLE)
    return isinstance(error, PoolTimeoutError)
