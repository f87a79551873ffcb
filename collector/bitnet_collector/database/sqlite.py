"""SQLite: one file, one writer at a time, durable at every commit."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlmodel import create_engine

from ..errors import EnvironmentFaultError
from .address import Address

APPLICATION_ID = 0x42_4E_43_31
"""Written into the file's header ("BNC1"), so that another program's file is known for what it is."""

_MIGRATION_WAIT_MS = 60_000
"""Another process may be migrating; on the largest tables that takes a while."""


class Sqlite:
    """The `Backend` of one file."""

    reading: Mapping[str, Any] = {}
    writing: Mapping[str, Any] = {"sqlite_begin": "BEGIN IMMEDIATE"}

    def __init__(self, address: Address, busy_timeout_ms: int) -> None:
        """Take the address; a request waits `busy_timeout_ms` for another's write."""
        self._address = address
        self._path = Path(address.shown)
        self._busy_timeout_ms = busy_timeout_ms

    def engine(self) -> Engine:
        """Make the engine; its pool is larger than the threads that can ask for a connection."""
        engine = create_engine(
            self._address.url,
            pool_size=16,
            max_overflow=32,
            pool_use_lifo=True,  # the connection that was just used has its pages and statements at hand
            pool_timeout=self._busy_timeout_ms / 1000,
            hide_parameters=True,  # an error in the log quotes no report and no token
        )
        event.listen(
            engine, "connect", lambda connection, _record: _prepare(connection, self._busy_timeout_ms)
        )
        event.listen(engine, "begin", _begin)
        return engine

    def look(self, engine: Engine) -> None:
        """Look before the first pragma: setting WAL would already change another program's file."""
        del engine
        make_private(self._path)
        with closing(sqlite3.connect(self._path)) as connection:
            # In this order: who finds tables made meanwhile finds their owner's mark as well.
            (used,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            (owner,) = connection.execute("PRAGMA application_id").fetchone()
        if owner != APPLICATION_ID and used:
            raise EnvironmentFaultError(
                f"{self._path} is a database of another program", "name another file with --database-url"
            )

    @contextmanager
    def migrating(self, engine: Engine) -> Iterator[Connection]:
        """Hold the write lock; references are checked only at the end, so that a table can be made anew."""
        with engine.connect().execution_options(sqlite_begin="BEGIN IMMEDIATE") as connection:
            raw = connection.connection.driver_connection
            assert raw is not None  # noqa: S101  (a fresh connection has one)
            _pragmas(raw, f"busy_timeout={_MIGRATION_WAIT_MS}", "foreign_keys=OFF")
            try:
                with connection.begin():
                    yield connection
                    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                    if broken:
                        raise EnvironmentFaultError(
                            f"{self._path} holds rows that refer to rows that are gone ({broken[0][0]})",
                            "put back a backup; nothing was changed",
                        )
            finally:
                _pragmas(raw, f"busy_timeout={self._busy_timeout_ms}", "foreign_keys=ON")

    def remedy(self) -> str:
        """What to do where the file cannot be used."""
        return (
            "check that it is a SQLite file and that it and its directory can be written, "
            "or name another with --database-url"
        )


def make_private(path: Path) -> None:
    """Make the file, where it is not there yet, for its owner alone: reports may take a token to be read."""
    with suppress(OSError):  # what is in the way, opening the database tells
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _prepare(connection: sqlite3.Connection, busy_timeout_ms: int) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late: `_begin` says it instead
    _pragmas(connection, f"busy_timeout={busy_timeout_ms}")  # first: the next ones may have to wait
    _use_write_ahead_log(connection, busy_timeout_ms)
    _pragmas(
        connection,
        "synchronous=FULL",  # a commit is on the disk before it is acknowledged
        "foreign_keys=ON",
    )


def _use_write_ahead_log(connection: sqlite3.Connection, busy_timeout_ms: int) -> None:
    """Set WAL where it is not set; SQLite does not wait for others here, so this does."""
    give_up = time.monotonic() + busy_timeout_ms / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up:
                raise
            time.sleep(0.01)
        else:
            return


def _pragmas(connection: Any, *pragmas: str) -> None:
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))
