from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from collector_server import execute
from sqlmodel import SQLModel, select

from bitnet_collector.database import migrating, open_database
from bitnet_collector.deletions import tombstone_of
from bitnet_collector.errors import EnvironmentFaultError
from bitnet_collector.standings import standings
from bitnet_collector.tables import Curation, RawReport, Run
from bitnet_report import read_report

LEGACY = Path(__file__).parent / "golden" / "before_revisions.sql"
"""Three reports of WJ, WYC, WJ, as the collector kept them before there were revisions."""
TABLES = ("run", "raw_report", "latest")


def legacy_database(path: Path) -> str:
    with sqlite3.connect(path) as connection:
        connection.executescript(LEGACY.read_text(encoding="utf-8"))
    connection.close()
    return f"sqlite:///{path}"


def contents(url: str) -> dict[str, list]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = {
            name: [tuple(row) for row in connection.execute(sa.text(f"SELECT * FROM {name} ORDER BY 1"))]
            for name in sa.inspect(connection).get_table_names()
        }
    engine.dispose()
    return found


def assert_all_are_there(url: str) -> None:
    database = open_database(url)
    with database.reading() as session:
        raws = session.exec(select(RawReport)).all()
        runs = {run.run_id: run for run in session.exec(select(Run))}
        found = {(s.run.member, s.run.run_id[-1], s.runs) for s in standings(session)}
    database.dispose()
    assert len(raws) == 3
    for raw in raws:
        report = read_report(raw.body)
        assert (runs[raw.run_id].member, raw.run_id) == (report.member, report.run_id)
        assert runs[raw.run_id].decode_ms_per_token == 500.0
    assert found == {("WJ", "2", 2), ("WYC", "1", 1)}


def test_the_migrated_tables_are_those_of_the_models(database_url):
    database = open_database(database_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    database.dispose()


def test_the_revisions_are_one_line():
    script = ScriptDirectory(str(migrating.FOLDER))
    revisions = [each.revision for each in script.walk_revisions()][::-1]
    assert revisions[0] == "0001_reports"
    assert revisions == sorted(revisions)
    assert len(script.get_heads()) == 1
    assert all(Path(script.get_revision(name).path).stem == name for name in revisions)


def test_a_database_from_before_the_revisions_keeps_its_reports(tmp_path):
    url = legacy_database(tmp_path / "runs.db")
    before = contents(url)
    assert_all_are_there(url)
    after = contents(url)
    assert before["raw_report"] == after["raw_report"]
    assert [row[0] for row in before["run"]] == [row[0] for row in after["run"]]


def test_reports_of_the_first_revision_are_there_after_all_others(tmp_path, database_url, monkeypatch):
    legacy = sa.create_engine(legacy_database(tmp_path / "legacy.db"))
    with monkeypatch.context() as patch:
        patch.setattr(migrating, "FOLDER", revisions_in(tmp_path / "first", "0001_reports.py"))
        open_database(database_url).dispose()
    engine = sa.create_engine(database_url)
    metadata = sa.MetaData()
    metadata.reflect(legacy, only=TABLES)
    with legacy.connect() as old, engine.begin() as new:
        if engine.dialect.name == "postgresql":
            new.execute(sa.text("SET TIME ZONE 'UTC'"))  # as those moments are meant
        for name in TABLES:
            rows = [row._asdict() for row in old.execute(sa.select(metadata.tables[name]))]
            new.execute(sa.insert(metadata.tables[name]), rows)
    legacy.dispose()
    engine.dispose()
    assert_all_are_there(database_url)


def revisions_in(folder: Path, *names: str, **more: str) -> Path:
    """A copy of the migrations with these revisions (none named: all) and more of the test's own."""
    shutil.copytree(migrating.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (folder / "versions").glob("*.py"):
        if names and path.name not in names:
            path.unlink()
    head = ScriptDirectory(str(folder)).get_current_head()
    for name, body in more.items():
        imports = "import sqlalchemy as sa\nfrom alembic import op\n"
        identity = f"revision, down_revision = {name!r}, {head!r}\n"
        (folder / "versions" / f"{name}.py").write_text(f"{imports}{identity}def upgrade():\n{body}")
    return folder


NEW_COLUMN = """
    with op.batch_alter_table("run", recreate="auto") as run:
        run.add_column(sa.Column("extra", sa.String(), nullable=False, server_default="x"))
        run.alter_column("cpu", new_column_name="processor")
"""
FAULT = """
    op.add_column("run", sa.Column("half", sa.String()))
    op.execute("SELECT nonsense FROM run")
"""


def test_a_revision_more_is_one_file_more(tmp_path, database_url, monkeypatch):
    """Also where SQLite has to copy the table to which others refer."""
    open_database(database_url).dispose()
    execute(database_url, INSERT_RUN, INSERT_RAW)
    monkeypatch.setattr(migrating, "FOLDER", revisions_in(tmp_path / "m", later=NEW_COLUMN))
    database = open_database(database_url)
    with database.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT extra, processor FROM run")).all() == [("x", "Z80")]
        with pytest.raises(sa.exc.IntegrityError):  # the references are kept as before
            connection.execute(sa.text("DELETE FROM run"))
    database.dispose()


MOMENT = "'2026-01-01 00:00:00'"
INSERT_RUN = f"""INSERT INTO run (run_id, sha256, received_at, measured_at, member, schema_version,
 workload_id, work, known_work, model, weights, engine, cpu, reference_freq_mhz, total_time_ms, caveats)
 VALUES ('1', 'ab', {MOMENT}, {MOMENT}, 'A', 1, 'w', '{{}}', true, 'm', 'local', 'e', 'Z80', 3000, 1, '[]')"""
INSERT_RAW = f"INSERT INTO raw_report (run_id, sha256, received_at, body) VALUES ('1', 'ab', {MOMENT}, 'x')"


def test_a_revision_that_fails_leaves_the_database_as_it_was(tmp_path, database_url, monkeypatch):
    open_database(database_url).dispose()
    execute(database_url, INSERT_RUN)
    before = contents(database_url)
    with monkeypatch.context() as patch:
        patch.setattr(migrating, "FOLDER", revisions_in(tmp_path / "m", later=FAULT))
        with pytest.raises(EnvironmentFaultError):
            open_database(database_url)
    assert contents(database_url) == before
    open_database(database_url).dispose()


def test_what_admins_said_before_has_the_time_of_its_last_change(tmp_path, database_url, monkeypatch):
    earlier = sorted(path.name for path in (migrating.FOLDER / "versions").glob("000[1-6]_*.py"))
    with monkeypatch.context() as patch:
        patch.setattr(migrating, "FOLDER", revisions_in(tmp_path / "earlier", *earlier))
        open_database(database_url).dispose()
    curation = "INSERT INTO curation (run_id, note, baseline_of, hidden, changed_at, changed_by) VALUES "
    execute(
        database_url,
        INSERT_RUN,
        INSERT_RUN.replace("('1'", "('2'"),
        f"{curation} ('1', 'a note', 'w', false, {MOMENT}, '0')",
        f"{curation} ('2', NULL, NULL, true, {MOMENT}, '0')",
        f"INSERT INTO tombstone (run_id, sha256, deleted_at, deleted_by) VALUES ('3', 'ab', {MOMENT}, '0')",
    )
    database = open_database(database_url)
    with database.reading() as session:
        first, second = (session.get(Curation, run_id) for run_id in "12")
        gone = tombstone_of(session, "3")
    database.dispose()
    assert first.note_at == first.baseline_at == first.changed_at
    assert first.hidden_at is None
    assert (second.note_at, second.baseline_at) == (None, None)
    assert second.hidden_at == second.changed_at
    assert gone is not None


def test_a_database_of_a_newer_version_is_refused_and_left_alone(database_url):
    open_database(database_url).dispose()
    execute(database_url, "UPDATE alembic_version SET version_num = '9999_later'")
    before = contents(database_url)
    with pytest.raises(EnvironmentFaultError) as refusal:
        open_database(database_url)
    assert "newer version" in refusal.value.message
    assert "9999_later" in refusal.value.message
    assert "update the collector" in refusal.value.remedy
    assert contents(database_url) == before


def test_a_database_of_another_program_is_refused_and_left_alone(database_url):
    execute(database_url, "CREATE TABLE cats (name VARCHAR)", "INSERT INTO cats VALUES ('Tom')")
    with pytest.raises(EnvironmentFaultError, match="another program"):
        open_database(database_url)
    assert contents(database_url) == {"cats": [("Tom",)]}


def test_another_program_s_revisions_are_not_taken_for_a_newer_collector(database_url):
    execute(
        database_url,
        "CREATE TABLE alembic_version (version_num VARCHAR(32))",
        "INSERT INTO alembic_version VALUES ('ae1027a6acf')",
    )
    with pytest.raises(EnvironmentFaultError, match="another program"):
        open_database(database_url)


def _open_at_once(url, barrier):
    barrier.wait()
    open_database(url).dispose()


def open_in_many_processes(url):
    processes = multiprocessing.get_context("fork")
    barrier = processes.Barrier(8)
    workers = [processes.Process(target=_open_at_once, args=(url, barrier)) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(200)
    assert [worker.exitcode for worker in workers] == [0] * 8


def test_many_workers_may_start_at_once(database_url):
    open_in_many_processes(database_url)
    open_database(database_url).dispose()


def test_many_workers_may_start_at_once_on_a_database_from_before_the_revisions(tmp_path):
    url = legacy_database(tmp_path / "runs.db")
    open_in_many_processes(url)
    assert_all_are_there(url)
