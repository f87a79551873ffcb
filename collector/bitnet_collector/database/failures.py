"""What a database error means for the request that met it."""

from __future__ import annotations

import re
from enum import Enum

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError


class Failure(Enum):
    """Why a transaction failed; in every case nothing of it is stored, or all of it."""

    BUSY = "another transaction is in the way, or too many want one: again in a moment"
    FULL = "the disk is full"
    UNAVAILABLE = "the database does not answer, or not as it should: again when it does"
    WRONG = "the statement or its values are at fault: again would fail again"


_SQLSTATES = {
    "40001": Failure.BUSY,  # serialization_failure
    "40P01": Failure.BUSY,  # deadlock_detected
    "55P03": Failure.BUSY,  # lock_not_available: lock_timeout
    "57014": Failure.BUSY,  # query_canceled: statement_timeout
    "53300": Failure.BUSY,  # too_many_connections
    "53100": Failure.FULL,  # disk_full
}
"""PostgreSQL's codes, appendix A of its manual; all others mean `UNAVAILABLE`."""

_SENTENCES = (
    (re.compile("is locked|is busy"), Failure.BUSY),  # SQLITE_BUSY, SQLITE_LOCKED
    (re.compile("is full"), Failure.FULL),  # SQLITE_FULL
    # Refused before there is a connection, PostgreSQL gives no code.
    (re.compile("too many clients|too many connections|remaining connection slots"), Failure.BUSY),
)


def failure_of(error: DBAPIError) -> Failure:
    """Tell what `error` means, by its code or else by its sentence."""
    if isinstance(error, (DataError, IntegrityError)):
        return Failure.WRONG
    code = getattr(error.orig, "sqlstate", None)
    if code is not None:
        return _SQLSTATES.get(code, Failure.UNAVAILABLE)
    sentence = str(error.orig)
    return next((failure for words, failure in _SENTENCES if words.search(sentence)), Failure.UNAVAILABLE)


def cause_of(error: DBAPIError) -> str:
    """What the database said, on one line and without a value of a row, so that it may stand in a log.

    PostgreSQL quotes rows in a message's details, and a value that is at fault (class 22, data exceptions) in
    its sentence as well; SQLite quotes none.
    """
    said = error.orig
    code = getattr(said, "sqlstate", None)
    sentence = getattr(getattr(said, "diag", None), "message_primary", None) or str(said)
    if code is not None and code.startswith("22"):
        sentence = type(said).__name__
    return " ".join((f"{sentence} (SQLSTATE {code})" if code else sentence).split())[:500]
