"""Looking a SQLite file over: is every page, every reference and every report as it was written?"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from ..database.sqlite import APPLICATION_ID
from ..errors import EnvironmentFaultError

_REMEDY = "it is damaged: take another backup, or export what can still be read (bitnet-collector export)"


class Audit(NamedTuple):
    """What a sound file holds."""

    runs: int
    raw_bytes: int


def audit_file(path: Path, named: Path | None = None) -> Audit:
    """Check a file from end to end: its pages, its references, and the SHA-256 of every report.

    Sentences name `named` where it is given: what the file is a copy of.

    Raises:
        EnvironmentFaultError: it is no database of the collector's, or not as it was written.
    """
    try:
        with closing(sqlite3.connect(path)) as connection:
            return _audit(named or path, connection)
    except sqlite3.Error as error:
        if "unable to open" in str(error):  # such as a database with a log, on a disk that cannot be written
            remedy = "copy it, with its -wal, to where it can be read and written"
            raise EnvironmentFaultError(f"{named or path} cannot be opened: {error}", remedy) from error
        raise EnvironmentFaultError(
            f"{named or path} cannot be read as a database: {error}", _REMEDY
        ) from error


def _audit(path: Path, connection: sqlite3.Connection) -> Audit:
    if connection.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
        raise EnvironmentFaultError(
            f"{path} is no database of the collector's",
            "name the collector's, or a file that bitnet-collector backup wrote",
        )
    faults = [line for (line,) in connection.execute("PRAGMA integrity_check(1)") if line != "ok"]
    faults += [
        f"a row of {row[0]} refers to one that is gone"
        for row in connection.execute("PRAGMA foreign_key_check")
    ]
    if faults:
        raise EnvironmentFaultError(f"{path}: {faults[0]}", _REMEDY)
    (runs,) = connection.execute("SELECT count(*) FROM run").fetchone()
    audit = _audit_reports(path, connection)
    if runs != audit.runs:
        raise EnvironmentFaultError(f"{path} holds {runs} runs but {audit.runs} reports", _REMEDY)
    return audit


def _audit_reports(path: Path, connection: sqlite3.Connection) -> Audit:
    """Hash every report and hold it against both records of its SHA-256."""
    query = (
        "SELECT raw.run_id, raw.sha256, run.sha256, raw.body FROM raw_report AS raw "
        "LEFT JOIN run ON run.run_id = raw.run_id"
    )
    count = size = 0
    for run_id, recorded, in_column, body in connection.execute(query):
        if not recorded == in_column == hashlib.sha256(body).hexdigest():
            raise EnvironmentFaultError(
                f"{path}: the report of run {run_id} is not as it was stored", _REMEDY
            )
        count += 1
        size += len(body)
    return Audit(count, size)
