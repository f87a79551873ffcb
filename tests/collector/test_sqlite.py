from __future__ import annotations

import os
import sqlite3
from contextlib import ExitStack

import pytest
from sqlalchemy import text

from bitnet_collector.database import open_database


def test_every_connection_is_durable_and_keeps_its_references(tmp_path):
    database = open_database(f"sqlite:///{tmp_path}/runs.db", busy_timeout_ms=1234)
    with ExitStack() as stack:
        for _ in range(5):  # five at once, so that each is a connection of its own
            connection = stack.enter_context(database.engine.connect())
            found = {
                name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
                for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
            }
            assert found == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 1234, "foreign_keys": 1}
    database.dispose()


@pytest.mark.skipif(os.name != "posix", reason="files have no modes there")
def test_a_new_database_is_its_owners_alone_and_an_old_one_keeps_its_mode(tmp_path):
    path = tmp_path / "runs.db"
    open_database(f"sqlite:///{path}").dispose()
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    open_database(f"sqlite:///{path}").dispose()
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_write_holds_the_lock_from_its_first_statement(tmp_path):
    path = tmp_path / "runs.db"
    database = open_database(f"sqlite:///{path}")
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    with database.reading() as session:
        session.execute(text("SELECT 1"))
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    with database.writing() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.close()
    database.dispose()
