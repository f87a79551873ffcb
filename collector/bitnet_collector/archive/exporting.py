"""Every report and what admins decided, as NDJSON: one moment of the store, one report in memory."""

from __future__ import annotations

import gzip
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from ..curation import curation_of
from ..database import cause_of, open_database
from ..database.address import existing_database
from ..deletions import every_tombstone
from ..errors import EnvironmentFaultError
from ..stored_reports import report_ids, stored_report
from .files import appearing
from .lines import Entry, to_line
from .words import Deletion, Said


class Exported(NamedTuple):
    """How many lines of each kind were written."""

    reports: int
    deletions: int


def export(url: str, target: Path | None, *, force: bool) -> Exported:
    """Write the store to `target` (gzip where its name ends in .gz; standard output if None).

    Deletions come first: who takes a run back in after one has to know of it before the report comes.

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
            f"the database stopped answering: {cause_of(error)}", "look at the server and export again"
        ) from error
    finally:
        database.dispose()


def _write(session: Session, out: BinaryIO) -> Exported:
    reports = deletions = 0
    for tombstone in every_tombstone(session):
        out.write(to_line(Deletion.model_validate(tombstone)))
        deletions += 1
    for entry in _entries(session):
        out.write(to_line(entry))
        reports += 1
    out.flush()
    return Exported(reports, deletions)


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
        curation = curation_of(session, run_id)
        said = None if curation is None else Said.model_validate(curation)
        yield Entry(raw.run_id, raw.sha256, raw.received_at, raw.body, said)
