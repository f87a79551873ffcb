"""The columns and the latest runs made anew from the raw reports, which are the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError

from bitnet_report import ReportError, read_report

from ..columns import run_columns
from ..curation import repin
from ..database import Database, cause_of, open_database
from ..database.address import existing_database
from ..errors import EnvironmentFaultError
from ..stored_reports import rebuild_latest, replace_columns, report_ids, stored_report
from ..tables import RawReport, Run

_BATCH = 100


class Reindexed(NamedTuple):
    """How many runs have new columns, and a sentence for each whose report this version cannot read."""

    runs: int
    unreadable: list[str]


def reindex(url: str) -> Reindexed:
    """Make every run's columns anew, a batch a transaction, and then the latest runs.

    A run whose report cannot be read keeps the columns that it has.

    Raises:
        UsageError: the database does not exist.
        EnvironmentFaultError: the database fails; what is done is whole, and the rest as it was.
    """
    existing_database(url)
    database = open_database(url, busy_timeout_ms=30_000)
    try:
        return _reindex(database)
    except DBAPIError as error:
        raise EnvironmentFaultError(
            f"the database stopped answering: {cause_of(error)}", "reindex again; it begins anew"
        ) from error
    finally:
        database.dispose()


def _reindex(database: Database) -> Reindexed:
    count, unreadable = 0, list[str]()
    with database.reading() as session:
        ids = list(report_ids(session))
    remaining = iter(ids)
    while batch := list(islice(remaining, _BATCH)):
        with database.writing() as session:
            raws = [raw for run_id in batch if (raw := stored_report(session, run_id))]
            rows = list(_rows(raws, unreadable))
            replace_columns(session, rows)
        count += len(rows)
    with database.writing() as session:
        rebuild_latest(session)
        repin(session)
    return Reindexed(count, unreadable)


def _rows(raws: Sequence[RawReport], unreadable: list[str]) -> Iterator[Run]:
    for raw in raws:
        try:
            report = read_report(raw.body)
        except ReportError as error:
            unreadable.append(f"run {raw.run_id}: {error}")
            continue
        assert report.member is not None  # noqa: S101  (none is stored without)
        yield run_columns(report, report.member, raw.sha256, raw.received_at)
