"""The engine and its transactions: durable on SQLite, one writer at a time, every connection set alike."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlmodel import Session, SQLModel, create_engine

from . import tables  # noqa: F401  (its classes are what create_all makes)
from .errors import EnvironmentFaultError, UsageError

APPLICATION_ID = 0x42_4E_43_31
"""Written into the SQLite header ("BNC1"), so that another program's file is known for what it is."""

_PLAIN_URL = "give a SQLite file, such as sqlite:///bitnet-collector.db"


class Database:
    """Sessions on one engine: `reading()` sees one moment, `writing()` commits all or nothing."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine that `open_database` made."""
        self.engine = engine
        self._writer = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that reads; what it would write is rolled back."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that holds the write lock from its first statement and commits at the end."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_database(url: str, busy_timeout_ms: int = 5000) -> Database:
    """Open the database and make its tables where they are missing.

    Raises:
        UsageError: the URL is none, or not of a database that is supported.
        EnvironmentFaultError: the file cannot be opened or written, or is no database of the collector's.
    """
    path = _sqlite_path(url)
    engine = create_engine(url, pool_size=16, max_overflow=32, pool_timeout=busy_timeout_ms / 1000)
    event.listen(engine, "connect", lambda connection, _record: _prepare(connection, busy_timeout_ms))
    event.listen(engine, "begin", _begin)
    database = Database(engine)
    try:
        _refuse_foreign(path)
        with database.writing() as session:
            _make_tables(session.connection())
    except (DBAPIError, sqlite3.Error) as error:
        engine.dispose()
        raise EnvironmentFaultError(
            f"the database {path} cannot be used: {error.orig if isinstance(error, DBAPIError) else error}",
            "check that it is a SQLite file and that it and its directory can be written, "
            "or name another with --database-url",
        ) from error
    return database


def _sqlite_path(url: str) -> Path:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UsageError("--database-url is no database URL", _PLAIN_URL) from error
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise UsageError(f"databases of the kind {parsed.drivername} are not supported", _PLAIN_URL)
    if parsed.database in (None, "", ":memory:"):
        raise UsageError("a database in memory would forget every report", _PLAIN_URL)
    if parsed.query or parsed.host:
        raise UsageError("the URL of a SQLite database holds a path and nothing else", _PLAIN_URL)
    return Path(str(parsed.database))


def _prepare(connection: Any, busy_timeout_ms: int) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late: `_begin` says it instead
    for pragma in (
        f"busy_timeout={busy_timeout_ms}",  # first: the next ones may have to wait
        "journal_mode=WAL",
        "synchronous=FULL",  # a commit is on the disk before it is acknowledged
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))


def _refuse_foreign(path: Path) -> None:
    """Look before the first pragma: setting WAL would already change another program's file."""
    with closing(sqlite3.connect(path)) as connection:
        (owner,) = connection.execute("PRAGMA application_id").fetchone()
        (used,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if owner != APPLICATION_ID and used:
        raise EnvironmentFaultError(
            f"{path} is a database of another program", "name another file with --database-url"
        )


def _make_tables(connection: Connection) -> None:
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    SQLModel.metadata.create_all(connection)
    for table in SQLModel.metadata.sorted_tables:
        _add_missing_columns(connection, table)


def _add_missing_columns(connection: Connection, table: Table) -> None:
    """Bring a table of an earlier version up to this one; in its rows the new columns are null."""
    present = {column["name"] for column in inspect(connection).get_columns(table.name)}
    for column in table.columns:
        if column.name not in present and column.nullable:
            kind = column.type.compile(connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {kind}")
