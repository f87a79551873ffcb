"""Exports of other collectors merged into this one: each report once, whoever had it first."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError

from bitnet_report import Report, ReportError, read_report

from ..database import Database, open_database
from ..errors import EnvironmentFaultError, UsageError
from ..runs import ConflictError, DeletedError, store_run
from .lines import LONGEST, Entry, LineError, from_line

_BATCH = 100


class Line(NamedTuple):
    """An entry and where it stands."""

    place: str
    entry: Entry


@dataclass
class Merged:
    """What became of the reports; `refused` holds a sentence for each that was not taken."""

    created: int = 0
    known: int = 0
    refused: list[str] = field(default_factory=list)


def import_files(paths: Sequence[Path], url: str) -> Merged:
    """Merge the files: read all of them once before anything is written, then store batch by batch.

    A report that is here already changes nothing, so that a merge which was cut off is simply repeated.

    Raises:
        UsageError: there is no such file.
        EnvironmentFaultError: a file is damaged (nothing was written then), or the database fails.
    """
    for path in paths:
        for _line in _lines(path):
            pass
    database = open_database(url, busy_timeout_ms=30_000)
    merged = Merged()
    try:
        for path in paths:
            lines = _lines(path)
            while batch := list(islice(lines, _BATCH)):
                _merge(database, batch, merged)
    except DBAPIError as error:
        raise EnvironmentFaultError(
            f"the database stopped answering after {merged.created} new reports: {error.orig}",
            "import again; what is there already changes nothing",
        ) from error
    finally:
        database.dispose()
    return merged


def _merge(database: Database, batch: Sequence[Line], merged: Merged) -> None:
    """Store a batch in one transaction; one that is refused keeps no other back."""
    readable = list(_readable(batch, merged))
    now = datetime.now(timezone.utc)
    with database.writing() as session:
        for line, report, member in readable:
            received_at = min(line.entry.received_at, now)
            try:
                stored = store_run(session, report, member, line.entry.body, received_at)
            except ConflictError as error:
                merged.refused.append(f"{line.place}: {error}; both are kept where they are")
                continue
            except DeletedError as error:
                merged.refused.append(f"{line.place}: {error}")
                continue
            if stored.created:
                merged.created += 1
            else:
                merged.known += 1


def _readable(batch: Sequence[Line], merged: Merged) -> Iterator[tuple[Line, Report, str]]:
    for line in batch:
        try:
            report = read_report(line.entry.body)
        except ReportError as error:
            merged.refused.append(
                f"{line.place}: run {line.entry.run_id} cannot be read by this version: {error}"
            )
            continue
        if report.member is None or report.run_id != line.entry.run_id:
            merged.refused.append(
                f"{line.place}: run {line.entry.run_id} is not the report's own, or it names no member"
            )
            continue
        yield line, report, report.member


def _lines(path: Path) -> Iterator[Line]:
    """Read a file line by line, plain or gzip (told by its first bytes).

    Raises:
        UsageError: there is no such file.
        EnvironmentFaultError: it cannot be read to its end, or a line is damaged.
    """
    number = 0
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as lines:
            while line := lines.readline(LONGEST):
                number += 1
                yield Line(f"{path} line {number}", from_line(line))
    except LineError as error:
        raise EnvironmentFaultError(
            f"{path} line {number}: {error}; nothing of it was imported",
            "export again, and copy the file whole",
        ) from error
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {path}", "name what bitnet-collector export wrote") from error
    except (OSError, EOFError, zlib.error) as error:
        raise EnvironmentFaultError(
            f"{path} cannot be read behind line {number}: {error}", "export again, and copy the file whole"
        ) from error
