"""What the rest of this room asks of an engine; `sqlite.py` and `postgres.py` answer it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from sqlalchemy import Connection, Engine


class Backend(Protocol):
    """One kind of database: its engine, its two kinds of transaction, and the lock for migrating."""

    reading: Mapping[str, Any]
    """Execution options of a transaction that sees one moment and writes nothing."""
    writing: Mapping[str, Any]
    """Execution options of a transaction that writes."""

    def engine(self) -> Engine:
        """Make the engine; nothing is connected yet."""

    def look(self, engine: Engine) -> None:
        """Look at what is there, before anything is written.

        Raises:
            EnvironmentFaultError: it belongs to another program.
        """

    def migrating(self, engine: Engine) -> AbstractContextManager[Connection]:
        """A transaction that one process at a time can have; it commits at the end."""

    def remedy(self) -> str:
        """What to do where the database cannot be used."""
