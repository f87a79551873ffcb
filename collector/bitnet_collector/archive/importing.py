"""Exports of other collectors merged into this one: each report once, and of each decision the newest."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bitnet_report import Report, ReportError, read_report

from ..curation import run_to_change
from ..database import Database, cause_of, open_database
from ..errors import EnvironmentFaultError, UsageError
from ..storing import ConflictError, DeletedError, store_run
from .files import rereadable
from .lines import LONGEST, Entry, LineError, from_line
from .merging import merge_deletion, merge_said
from .words import Deletion

_BATCH = 100


class Source(NamedTuple):
    """A file to import, and what it is called in sentences."""

    named: str
    path: Path


class Line(NamedTuple):
    """A report or a deletion, and where it stands."""

    place: str
    entry: Entry | Deletion


@dataclass
class Merged:
    """What became of the lines; `refused` holds a sentence for each that was not taken.

    `marked` runs have a newer word of an admin now, `removed` were deleted here as they are there, and
    `left_out` are deleted here and stay so.
    """

    created: int = 0
    known: int = 0
    refused: list[str] = field(default_factory=list)
    marked: int = 0
    removed: list[str] = field(default_factory=list)
    left_out: int = 0


def import_files(paths: Sequence[Path], url: str, *, reports_only: bool = False) -> Merged:
    """Merge the files: read all of them once before anything is written, then store batch by batch.

    What is here already changes nothing, so that a merge which was cut off is simply repeated. With
    `reports_only` nothing is taken of what the others' admins said and deleted.

    A pipe, and `-` for standard input, is copied to a temporary file first.

    Raises:
        UsageError: there is no such file.
        EnvironmentFaultError: a file is damaged (nothing was written then), or the database fails.
    """
    with ExitStack() as stack:
        files = [Source(_shown(path), stack.enter_context(rereadable(path))) for path in paths]
        return _import(files, url, reports_only=reports_only)


def _import(files: Sequence[Source], url: str, *, reports_only: bool) -> Merged:
    for file in files:
        for _line in _lines(file):
            pass
    database = open_database(url, busy_timeout_ms=30_000)
    merged = Merged()
    try:
        for file in files:
            lines = _reports_alone(_lines(file)) if reports_only else _lines(file)
            while batch := list(islice(lines, _BATCH)):
                _merge(database, batch, merged)
    except DBAPIError as error:
        raise EnvironmentFaultError(
            f"the database stopped answering after {merged.created} new reports: {cause_of(error)}",
            "import again; what is there already changes nothing",
        ) from error
    finally:
        database.dispose()
    return merged


def _reports_alone(lines: Iterator[Line]) -> Iterator[Line]:
    """The same without what admins said and deleted."""
    for place, entry in lines:
        if isinstance(entry, Entry):
            yield Line(place, entry._replace(said=None))


def _merge(database: Database, batch: Sequence[Line], merged: Merged) -> None:
    """Store a batch in one transaction; a line that is refused keeps no other back."""
    steps = [step for line in batch if (step := _step(line, merged)) is not None]
    with database.writing() as session:
        for step in steps:
            step(session)


def _step(line: Line, merged: Merged) -> Callable[[Session], None] | None:
    """What to do about a line; it is read before the transaction begins. None where it is refused."""
    place, entry = line
    if isinstance(entry, Deletion):
        return partial(_delete, place, entry, merged)
    try:
        report = read_report(entry.body)
    except ReportError as error:
        merged.refused.append(f"{place}: run {entry.run_id} cannot be read by this version: {error}")
        return None
    if report.member is None or report.run_id != entry.run_id:
        merged.refused.append(f"{place}: run {entry.run_id} is not the report's own, or it names no member")
        return None
    return partial(_store, place, entry, report, merged)


def _store(place: str, entry: Entry, report: Report, merged: Merged, session: Session) -> None:
    assert report.member is not None  # noqa: S101  (`_step` saw to it)
    received_at = min(entry.received_at, datetime.now(timezone.utc))
    try:
        stored = store_run(session, report, report.member, entry.body, received_at)
    except ConflictError as error:
        merged.refused.append(f"{place}: {error}; both are kept where they are")
        return
    except DeletedError:
        merged.left_out += 1
        return
    if stored.created:
        merged.created += 1
    else:
        merged.known += 1
    if entry.said is not None and (run := run_to_change(session, stored.run_id)) is not None:
        merged.marked += merge_said(session, run, entry.said)


def _delete(place: str, deletion: Deletion, merged: Merged, session: Session) -> None:
    try:
        if merge_deletion(session, deletion):
            merged.removed.append(f"run {deletion.run_id}, deleted on {deletion.deleted_at:%Y-%m-%d}")
    except ConflictError as error:
        merged.refused.append(f"{place}: {error}, and is not the one that was deleted there")


def _shown(path: Path) -> str:
    return "standard input" if str(path) == "-" else str(path)


def _lines(file: Source) -> Iterator[Line]:
    """Read a file line by line, plain or gzip (told by its first bytes).

    Raises:
        UsageError: there is no such file.
        EnvironmentFaultError: it cannot be read to its end, or a line is damaged.
    """
    number, (named, path) = 0, file
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as lines:
            while line := lines.readline(LONGEST):
                number += 1
                yield Line(f"{named} line {number}", from_line(line))
    except LineError as error:
        raise EnvironmentFaultError(
            f"{named} line {number}: {error}; nothing of it was imported",
            "export again, and copy the file whole",
        ) from error
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {named}", "name what bitnet-collector export wrote") from error
    except (OSError, EOFError, zlib.error) as error:
        raise EnvironmentFaultError(
            f"{named} cannot be read behind line {number}: {error}", "export again, and copy the file whole"
        ) from error
