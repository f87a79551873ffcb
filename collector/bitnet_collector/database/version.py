"""A word that changes whenever what is stored changes, read without looking at what is stored.

SQLite has one writer at a time, so triggers count every row that is written, in the writer's own transaction.
On PostgreSQL such a count would make writers wait for each other; there the snapshot itself is the word:
which transactions a reader sees. The epoch is new when a backup is put back: the count goes back with it.
"""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, inspect, text
from sqlmodel import Session

_UNSEEN = {"alembic_version", "store_version", "token"}
"""Tables that no page shows; `raw_report` changes only together with `run`, which is watched."""


def store_version(session: Session) -> str:
    """The word for what this session sees."""
    if session.get_bind().dialect.name == "sqlite":
        query = "SELECT epoch || '.' || changes FROM store_version"
    else:
        query = "SELECT epoch || '.' || CAST(txid_current_snapshot() AS text) FROM store_version"
    return str(session.execute(text(query)).scalar_one())


def watch_changes(connection: Connection) -> None:
    """Set the triggers where they are missing: a table that a revision made anew has lost its own."""
    tables = set(inspect(connection).get_table_names())
    if connection.dialect.name != "sqlite" or "store_version" not in tables:
        return
    for table in sorted(tables - _UNSEEN - {"raw_report"}):
        for event in ("INSERT", "UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS {table}_{event.lower()}_counts AFTER {event} ON {table} BEGIN "  # noqa: S608  (our own names)
                "UPDATE store_version SET changes = changes + 1; END"
            )


def begin_epoch(session: Session) -> None:
    """Make every word that was given out before worthless."""
    session.execute(text("UPDATE store_version SET epoch = :epoch"), {"epoch": secrets.token_hex(8)})
