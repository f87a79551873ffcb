"""A backup put back in the database's place, in one transaction, while no server has it open."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ..database import open_database
from ..database.address import Address, read_address
from ..database.sqlite import make_private
from ..database.version import begin_epoch
from ..errors import EnvironmentFaultError, UsageError
from .audit import Audit, audit_file


def restore(backup: Path, url: str, *, force: bool) -> Audit:
    """Make the database what `backup` holds, brought up to this version.

    Raises:
        UsageError: no such file; a database of PostgreSQL's, or one that holds runs without `force`.
        EnvironmentFaultError: the backup is not sound or of a newer version, or a server uses the database.
    """
    address = read_address(url)
    if address.kind != "sqlite":
        raise UsageError(
            "restore puts back SQLite files; a dump of PostgreSQL is put back by its own pg_restore",
            "pg_restore --dbname=… FILE; an export is merged by bitnet-collector import",
        )
    if not backup.is_file():
        raise UsageError(f"there is no file {backup}", "name a file that bitnet-collector backup wrote")
    target = Path(address.shown)
    if target.exists() and target.samefile(backup):
        raise UsageError(f"{backup} is the database itself", "name the backup")
    before = audit_file(backup)
    with _prepared(backup, target) as prepared:
        _replace(prepared, address, force=force)
    after = audit_file(target)
    if after != before:
        raise EnvironmentFaultError(
            f"{target} holds {after.runs} runs where the backup has {before.runs}",
            "a server was started meanwhile: end it and restore again",
        )
    return after


@contextmanager
def _prepared(backup: Path, target: Path) -> Iterator[Path]:
    """A copy of the backup, brought up to this version; the backup itself stays as it is."""
    try:
        with TemporaryDirectory(prefix=".restoring-", dir=target.parent) as folder:
            copy = Path(folder) / "copy.db"
            shutil.copyfile(backup, copy)
            database = open_database(f"sqlite:///{copy.as_posix()}")
            with database.writing() as session:
                begin_epoch(session)
            database.dispose()
            audit_file(copy)
            yield copy
    except OSError as error:
        raise EnvironmentFaultError(
            f"{target.parent} cannot be written: {error.strerror}", "make room; nothing was changed"
        ) from error


def _replace(prepared: Path, address: Address, *, force: bool) -> None:
    target = Path(address.shown)
    make_private(target)
    try:
        with (
            closing(sqlite3.connect(target, timeout=1)) as writing,
            closing(sqlite3.connect(prepared)) as reading,
        ):
            _refuse_in_use(writing, target)
            _refuse_filled(writing, target, force=force)
            reading.backup(writing)  # one transaction: all of it, or what was there before
    except sqlite3.OperationalError as error:
        raise EnvironmentFaultError(
            f"{target} cannot be written: {error}",
            "look at the disk's room and at the file; nothing was changed",
        ) from error
    except sqlite3.Error as error:  # so damaged that SQLite does not write over it
        raise EnvironmentFaultError(
            f"{target} is damaged, or of another program: {error}",
            f"move it away, {target.name}-wal and {target.name}-shm as well, and restore again",
        ) from error


def _refuse_in_use(connection: sqlite3.Connection, target: Path) -> None:
    """Leaving the write-ahead log takes a lock that nobody gets while another process has the file open."""
    try:
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        raise EnvironmentFaultError(
            f"another process has {target} open", "end the collector that serves it, then restore"
        ) from error


def _refuse_filled(connection: sqlite3.Connection, target: Path, *, force: bool) -> None:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return
    if not {"run", "raw_report"} <= tables:
        raise EnvironmentFaultError(
            f"{target} is a database of another program", "name another file with --database-url"
        )
    held = [name for name in ("run", "token", "tombstone") if name in tables and _any(connection, name)]
    if held and not force:
        (runs,) = connection.execute("SELECT count(*) FROM run").fetchone()
        raise UsageError(
            f"{target} holds {runs} runs" + (" and tokens" if "token" in held else ""),
            "back it up first; --force replaces it",
        )


def _any(connection: sqlite3.Connection, table: str) -> bool:
    return connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None  # noqa: S608  (our own names)
