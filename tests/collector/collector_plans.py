"""How SQLite means to find what a query asks for."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import event
from sqlmodel import Session

from bitnet_collector.database import Database


def plan_of(database: Database, ask: Callable[[Session], object]) -> list[str]:
    """The steps of the last SELECT that `ask` makes, as EXPLAIN QUERY PLAN tells them."""
    said = []

    def keep(_connection, _cursor, text, parameters, *_):
        said.append((text, parameters))

    event.listen(database.engine, "before_cursor_execute", keep)
    with database.reading() as session:
        ask(session)
    event.remove(database.engine, "before_cursor_execute", keep)
    (*_, (text, parameters)) = [each for each in said if each[0].startswith("SELECT")]
    raw = database.engine.raw_connection()
    steps = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {text}", parameters)]
    raw.close()
    return steps
