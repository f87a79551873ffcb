"""Every report as NDJSON: one moment of the store, one report in memory at a time."""

from __future__ import annotations

import gzip
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from ..database import open_database
from ..errors import EnvironmentFaultError
from ..stored_reports import report_ids, stored_report
from .files import appearing, existing_database
from .lines import Entry, to_line


def export(url: str, target: Path | None, *, force: bool) -> int:
    """Write every report to `target` (gzip where its name ends in .gz; standard output if None).

    Gives back how many there were.

    Raises:
        UsageError: the database does not exist, or `target` exists already.
        EnvironmentFaultError: the store or the target fails, or a report is not as it was stored.
    """
    existing_database(url)
    database = open_database(url)
    try:
        with database.reading() as session:
            if target is None:
                return _write(session, sys.stdout.buffer)
            with appearing(target, force=force) as temporary:
                if target.suffix != ".gz":
                    with temporary.open("wb") as out:
                        return _write(session, out)
                # Neither name nor time in the header: the same reports give the same file.
                with temporary.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as out:
                    return _write(session, out)  # type: ignore[arg-type]  # typed apart from BinaryIO
    except DBAPIError as error:
        raise EnvironmentFaultError(
            f"the database stopped answering: {error.orig}", "look at the server and export again"
        ) from error
    finally:
        database.dispose()


def _write(session: Session, out: BinaryIO) -> int:
    count = 0
    for entry in _entries(session):
        out.write(to_line(entry))
        count += 1
    out.flush()
    return count


def _entries(session: Session) -> Iterator[Entry]:
    for run_id in report_ids(session):
        raw = stored_report(session, run_id)
        if raw is None:
            continue
        if hashlib.sha256(raw.body).hexdigest() != raw.sha256:
            raise EnvironmentFaultError(
                f"the stored report of run {run_id} is not as it was received",
                "restore a backup (bitnet-collector restore), then export again",
            )
        yield Entry(raw.run_id, raw.sha256, raw.received_at, raw.body)
