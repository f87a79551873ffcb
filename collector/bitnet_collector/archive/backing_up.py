"""A copy of the whole database while the server goes on writing, looked over before it gets its name."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from ..database.address import existing_database
from ..errors import EnvironmentFaultError, UsageError
from .audit import Audit, audit_file
from .files import appearing


def back_up(url: str, target: Path, *, force: bool) -> Audit:
    """Copy one moment of the database into `target`: reports, columns, curation and tokens.

    Raises:
        UsageError: the database is PostgreSQL's or does not exist, or `target` exists already.
        EnvironmentFaultError: it cannot be copied, or the copy is not sound.
    """
    address = existing_database(url)
    if address.kind != "sqlite":
        raise UsageError(
            "backup copies SQLite files; a PostgreSQL server is backed up by its own pg_dump",
            "pg_dump --format=custom keeps everything, bitnet-collector export all but the tokens",
        )
    source = Path(address.shown)
    if target.exists() and target.samefile(source):
        raise UsageError(f"{target} is the database itself", "name another file")
    with appearing(target, force=force) as temporary:
        _copy(source, temporary)
        return audit_file(temporary, source)


def _copy(source: Path, target: Path) -> None:
    """SQLite's own online copy, all pages in one step; what is written meanwhile is left out."""
    try:
        with (
            closing(sqlite3.connect(source, timeout=30)) as reading,
            closing(sqlite3.connect(target)) as writing,
        ):
            reading.execute("PRAGMA query_only = ON")
            reading.backup(writing)
            writing.execute("PRAGMA journal_mode = DELETE").fetchall()  # one file, without a log beside it
    except sqlite3.Error as error:
        raise EnvironmentFaultError(
            f"{source} cannot be copied: {error}", "look at the disk's room and at the file"
        ) from error
