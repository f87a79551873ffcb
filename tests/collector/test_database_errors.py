"""What a database error says of the statement that failed: never the values that were sent with it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bitnet_collector.database import open_database


def test_a_database_error_quotes_no_parameters(database_url):
    database = open_database(database_url)
    try:
        with pytest.raises(DBAPIError) as failed, database.writing() as session:
            session.execute(text("INSERT INTO no_such_table VALUES (:body)"), {"body": "a secret"})
    finally:
        database.dispose()
    assert "no_such_table" in str(failed.value)
    assert "secret" not in str(failed.value)
