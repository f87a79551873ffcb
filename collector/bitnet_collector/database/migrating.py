"""Bringing a database up to this version, one file of `migrations/versions` after another."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from ..errors import EnvironmentFaultError
from .backend import Backend
from .version import watch_changes

FOLDER = Path(__file__).parent.parent / "migrations"


def migrate(backend: Backend, engine: Engine, shown: str) -> None:
    """Run the revisions that are missing, in one transaction under a lock: all of them or none.

    Of several processes that start at once, one does it and the others find it done.

    Raises:
        EnvironmentFaultError: a newer version wrote this database, which `shown` names.
    """
    script = ScriptDirectory(str(FOLDER))
    with engine.connect() as connection:
        if _revision(connection) == script.get_current_head():
            return
    with backend.migrating(engine) as connection:
        _refuse_newer(script, _revision(connection), shown)
        config = Config()
        config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        watch_changes(connection)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(script: ScriptDirectory, revision: str | None, shown: str) -> None:
    known = {each.revision for each in script.walk_revisions()}
    if revision is not None and revision not in known:
        raise EnvironmentFaultError(
            f"the database {shown} is of a newer version (revision {revision}; this one knows up to "
            f"{script.get_current_head()})",
            "update the collector: pip install -U 'bitnet-profiler[collector]', "
            "or name another database with --database-url",
        )
