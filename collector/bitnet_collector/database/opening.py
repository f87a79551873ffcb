"""Opening: read the URL, look at what is there, bring it up to this version, hand out sessions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from ..errors import CollectorError, EnvironmentFaultError
from .address import Address, read_address
from .backend import Backend
from .failures import cause_of
from .migrating import migrate
from .postgres import Postgres
from .sqlite import Sqlite


class Database:
    """Sessions on one engine: `reading()` sees one moment, `writing()` commits all or nothing."""

    def __init__(self, engine: Engine, backend: Backend) -> None:
        """Take an engine and the backend that made it."""
        self.engine = engine
        self._reader = engine.execution_options(**backend.reading)
        self._writer = engine.execution_options(**backend.writing)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that reads; what it would write is rolled back."""
        with Session(self._reader) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits at its end; on SQLite it holds the write lock from its first statement."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_database(url: str, busy_timeout_ms: int = 5000, pool_size: int = 10) -> Database:
    """Open the database and bring it up to this version.

    Raises:
        UsageError: the URL is none, or not of a database that is supported.
        EnvironmentFaultError: it cannot be reached or written, is another program's, or of a newer version.
    """
    address = read_address(url)
    backend = _backend(address, busy_timeout_ms, pool_size)
    engine = backend.engine()
    try:
        backend.look(engine)
        migrate(backend, engine, address.shown)
    except CollectorError:
        engine.dispose()
        raise
    except (DBAPIError, sqlite3.Error) as error:
        engine.dispose()
        cause = cause_of(error) if isinstance(error, DBAPIError) else str(error)
        raise EnvironmentFaultError(
            f"the database {address.shown} cannot be used: {cause}", backend.remedy()
        ) from error
    return Database(engine, backend)


def _backend(address: Address, busy_timeout_ms: int, pool_size: int) -> Backend:
    if address.kind == "sqlite":
        return Sqlite(address, busy_timeout_ms)
    return Postgres(address, busy_timeout_ms, pool_size)
