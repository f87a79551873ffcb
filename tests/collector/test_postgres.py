from __future__ import annotations

import pytest
from collector_reports import START, make_report
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InternalError

from bitnet_collector.database import open_database
from bitnet_collector.errors import EnvironmentFaultError, UsageError
from bitnet_collector.settings import Settings, read_settings
from bitnet_collector.storing import store_run

SECRET = "s3cret"


def shown(error) -> str:
    """All that a person or a log could come to see of an error."""
    found, seen = "", error
    while seen is not None:
        found += f"{seen} {seen!r} {getattr(seen, 'remedy', '')} "
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return found


def test_a_server_that_is_not_there_is_named_without_the_password(postgres, closed_port):
    with pytest.raises(EnvironmentFaultError) as refusal:
        open_database(f"postgresql+psycopg://bitnet:{SECRET}@127.0.0.1:{closed_port}/reports")
    assert f"postgresql://bitnet@127.0.0.1:{closed_port}/reports" in refusal.value.message
    assert "server runs" in refusal.value.remedy
    assert SECRET not in shown(refusal.value)


@pytest.mark.parametrize("part", ["database", "user", "option"])
def test_what_the_server_refuses_is_told_without_the_password(postgres, part):
    url = f"postgresql+psycopg://bitnet:{SECRET}@/postgres?host={postgres.folder}&password={SECRET}"
    if part == "option":
        url += f"&nonsense={SECRET}"
    else:
        url = url.replace("/postgres?", "/none?") if part == "database" else url.replace("bitnet:", "none:")
    with pytest.raises(EnvironmentFaultError) as refusal:
        open_database(url)
    assert SECRET not in shown(refusal.value)


def test_settings_never_show_the_password():
    url = f"postgresql+psycopg://bitnet:{SECRET}@h/d"
    assert SECRET not in repr(Settings(database_url=url))
    with pytest.raises(UsageError) as refusal:
        open_database(f"postgresql+psycopg://bitnet:{SECRET}@h:x/d")
    assert SECRET not in shown(refusal.value)


def test_the_variable_of_hosting_services_counts_and_ours_outweighs_it():
    given = {"DATABASE_URL": "postgres://u@h/d"}
    assert read_settings({}, given).database_url == "postgres://u@h/d"
    given["BITNET_COLLECTOR_DATABASE_URL"] = "sqlite:///x.db"
    assert read_settings({}, given).database_url == "sqlite:///x.db"
    assert read_settings({"database_url": "sqlite:///y.db"}, given).database_url == "sqlite:///y.db"


def test_every_connection_is_durable_bounded_and_in_utc(postgres):
    database = open_database(postgres.new_database(), busy_timeout_ms=1234)
    with database.reading() as session:
        found = {
            name: session.execute(text(f"SHOW {name}")).scalar_one()
            for name in ("timezone", "lock_timeout", "statement_timeout", "synchronous_commit", "fsync")
        }
    database.dispose()
    assert found == {
        "timezone": "UTC",
        "lock_timeout": "1234ms",
        "statement_timeout": "4936ms",
        "synchronous_commit": "on",
        "fsync": "on",
    }


def test_a_reading_session_sees_one_moment_and_writes_nothing(postgres):
    database = open_database(postgres.new_database())
    report = make_report()
    count = text("SELECT count(*) FROM run")
    with database.reading() as session:
        assert session.execute(count).scalar_one() == 0
        with database.writing() as other:
            store_run(other, report, "WJ", report.to_json(), START)
        assert session.execute(count).scalar_one() == 0
        with pytest.raises(InternalError, match="read-only"):
            session.execute(text("DELETE FROM latest"))
    with database.reading() as session:
        assert session.execute(count).scalar_one() == 1
    database.dispose()


def test_the_pool_holds_as_many_connections_as_it_is_told(postgres):
    database = open_database(postgres.new_database(), busy_timeout_ms=1000, pool_size=2)
    with database.reading() as one, database.reading() as two:
        one.execute(text("SELECT 1"))
        two.execute(text("SELECT 1"))
        with pytest.raises(Exception, match="QueuePool limit") as refused, database.reading() as three:
            three.execute(text("SELECT 1"))
    assert not isinstance(refused.value, DBAPIError)
    database.dispose()
