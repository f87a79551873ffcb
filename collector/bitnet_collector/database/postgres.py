"""PostgreSQL through psycopg: many workers, one server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text
from sqlmodel import create_engine

from .. import tables
from ..errors import EnvironmentFaultError, UsageError
from .address import Address

_LOCK = 0x42_4E_43_31
"""The advisory lock of a migration ("BNC1"); such locks belong to one database."""

_MIGRATION_WAIT = "60s"


class Postgres:
    """The `Backend` of one database on a server."""

    reading: Mapping[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    writing: Mapping[str, Any] = {"isolation_level": "READ COMMITTED"}

    def __init__(self, address: Address, busy_timeout_ms: int, pool_size: int) -> None:
        """Take the address; a request waits `busy_timeout_ms` for a lock, or for one of the connections."""
        self._address = address
        self._busy_timeout_ms = busy_timeout_ms
        self._pool_size = pool_size

    def engine(self) -> Engine:
        """Make the engine.

        Raises:
            UsageError: the [postgres] extra is not installed.
        """
        try:
            import_module("psycopg")
        except ImportError as error:
            raise UsageError(
                "PostgreSQL needs the package psycopg",
                "install it with: pip install 'bitnet-profiler[postgres]'",
            ) from error
        return create_engine(
            self._address.url,
            pool_size=self._pool_size,
            max_overflow=0,
            pool_timeout=self._busy_timeout_ms / 1000,
            pool_pre_ping=True,  # a server that was started anew is found again without a failed request
            connect_args=self._connect_arguments(),
            hide_parameters=True,  # an error in the log quotes no report and no token
        )

    def _connect_arguments(self) -> dict[str, Any]:
        settings = {
            "timezone": "UTC",
            "lock_timeout": str(self._busy_timeout_ms),
            "statement_timeout": str(4 * self._busy_timeout_ms),
            "idle_in_transaction_session_timeout": "60s",
            "synchronous_commit": "on",  # a commit is on the disk before it is acknowledged
        }
        given = dict(self._address.url.query)
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        return {
            "options": f"{given.get('options', '')} {options}".strip(),
            "connect_timeout": given.get("connect_timeout", "5"),
            "application_name": given.get("application_name", "bitnet-collector"),
        }

    def look(self, engine: Engine) -> None:
        """Refuse a database with tables among which the collector's are not."""
        with engine.connect() as connection:
            present = set(inspect(connection).get_table_names())
        if present and not {tables.Run.__tablename__, tables.RawReport.__tablename__} <= present:
            raise EnvironmentFaultError(
                f"{self._address.shown} holds tables of another program ({min(present)})",
                "make a database for the collector alone (createdb bitnet) and name it with --database-url",
            )

    @contextmanager
    def migrating(self, engine: Engine) -> Iterator[Connection]:
        """Hold an advisory lock until the commit."""
        with engine.connect() as connection, connection.begin():
            connection.execute(text(f"SET LOCAL lock_timeout = '{_MIGRATION_WAIT}'"))
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            yield connection

    def remedy(self) -> str:
        """What to do where the server cannot be used."""
        return "check that the server runs, that the database exists and that user and password are right"
