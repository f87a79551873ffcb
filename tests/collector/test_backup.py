"""`backup` and `restore` with the real program, beside a real server."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from datetime import datetime, timezone

import pytest
from collector_command import run
from collector_reports import make_report, version_0
from collector_server import ONLY_SQLITE


def url(path):
    return f"--database-url=sqlite:///{path}"


def query(path, sql):
    with sqlite3.connect(path) as connection:
        found = connection.execute(sql).fetchall()
    connection.close()
    return found


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """The database of a collector that has ended, with six reports."""
    from collector_server import Server

    path = tmp_path_factory.mktemp("stopped") / "runs.db"
    server = Server(path)
    for member in ("WJ", "WYC"):
        for prefill in (1000.0, 1100.0):
            assert server.submit(make_report(member, prefill_ms=prefill)).status_code == 201
    server.submit(version_0())
    server.submit(make_report("LCJ", note="说明 🎉"))
    server.stop()
    return path


@ONLY_SQLITE
def test_a_backup_of_a_server_that_goes_on_writing_holds_every_report_acknowledged_before(
    start_server, tmp_path
):
    server = start_server()
    before = [server.submit(make_report()).json() for _ in range(5)]
    ended = threading.Event()

    def write_on():
        while not ended.is_set():
            server.submit(make_report("WYC"))

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        said = run("backup", tmp_path / "copy.db", url(server.database)).stdout
    finally:
        ended.set()
        writer.join()
    stored = dict(query(tmp_path / "copy.db", "SELECT run_id, sha256 FROM raw_report"))
    assert {receipt["run_id"]: receipt["sha256"] for receipt in before}.items() <= stored.items()
    assert f"{len(stored)} runs" in said
    assert query(tmp_path / "copy.db", "SELECT count(*) FROM run") == [(len(stored),)]
    assert query(tmp_path / "copy.db", "PRAGMA integrity_check") == [("ok",)]
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.db"]  # a single file
    assert server.submit(make_report()).status_code == 201


def test_a_backup_writes_over_nothing_unasked(stopped, tmp_path):
    target = tmp_path / "copy.db"
    target.write_text("precious")
    assert "--force" in run("backup", target, url(stopped), check=2).stderr
    assert target.read_text() == "precious"
    run("backup", target, "--force", url(stopped))
    assert query(target, "SELECT count(*) FROM run") == [(6,)]
    assert "itself" in run("backup", stopped, "--force", url(stopped), check=2).stderr
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(os.name != "posix", reason="files have no modes there")
def test_a_backup_is_its_owners_alone(stopped, tmp_path):
    run("backup", tmp_path / "copy.db", url(stopped))
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0
    run("restore", tmp_path / "copy.db", url(tmp_path / "new.db"))
    assert (tmp_path / "new.db").stat().st_mode & 0o077 == 0


def test_a_backup_of_what_is_not_there_makes_nothing(tmp_path):
    assert "no database" in run("backup", tmp_path / "x", url(tmp_path / "none.db"), check=2).stderr
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_is_not_there_is_named(stopped, tmp_path):
    assert "another directory" in run("backup", tmp_path / "no" / "x.db", url(stopped), check=4).stderr


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        ("UPDATE raw_report SET body = x'7b7d' WHERE rowid = 3", "not as it was stored"),
        ("UPDATE run SET sha256 = 'x' WHERE rowid = 2", "not as it was stored"),
        ("DELETE FROM raw_report WHERE rowid = 1", "6 runs but 5"),
        ("DELETE FROM run WHERE rowid = 1", "gone"),
        ("PRAGMA application_id = 1", "no database of the collector's"),
    ],
)
def test_damage_is_found_before_the_copy_gets_its_name_and_before_it_is_put_back(
    stopped, tmp_path, damage, word
):
    damaged = tmp_path / "damaged.db"
    shutil.copyfile(stopped, damaged)
    query(damaged, damage)
    if "application_id" not in damage:
        assert word in run("backup", tmp_path / "copy.db", url(damaged), check=4).stderr
    assert word in run("restore", damaged, url(tmp_path / "new.db"), check=4).stderr
    assert [path.name for path in tmp_path.iterdir()] == ["damaged.db"]


def test_of_another_programs_database_no_backup_is_made_and_it_is_named(tmp_path):
    query(tmp_path / "cats.db", "CREATE TABLE cats (name)")
    said = run("backup", tmp_path / "copy.db", url(tmp_path / "cats.db"), check=4).stderr
    assert f"{tmp_path / 'cats.db'} is no database of the collector's" in said
    assert [path.name for path in tmp_path.iterdir()] == ["cats.db"]


@pytest.mark.skipif(os.name != "posix", reason="needs a pipe in the file system, and links")
def test_force_puts_no_file_in_the_place_of_a_device_a_pipe_or_a_link(stopped, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "real.db").write_text("older")
    (tmp_path / "link.db").symlink_to("real.db")
    for verb in ("backup", "export"):
        assert "no plain file" in run(verb, tmp_path / "pipe", "--force", url(stopped), check=2).stderr
    assert (tmp_path / "pipe").is_fifo()
    run("backup", tmp_path / "link.db", "--force", url(stopped))
    assert (tmp_path / "link.db").is_symlink()
    assert query(tmp_path / "real.db", "SELECT count(*) FROM run") == [(6,)]


@pytest.mark.parametrize("damage", [b"garbage!" * 4, b"SQLite format 3\0" + b"\xff" * 5000])
def test_in_the_place_of_a_damaged_database_a_backup_is_put_once_that_is_moved_away(
    stopped, tmp_path, damage
):
    run("backup", tmp_path / "copy.db", url(stopped))
    damaged = tmp_path / "runs.db"
    damaged.write_bytes(damage + stopped.read_bytes()[len(damage) :])
    said = run("restore", tmp_path / "copy.db", "--force", url(damaged), check=4).stderr
    assert "move it away" in said and "runs.db-wal" in said
    damaged.rename(tmp_path / "damaged.db")
    run("restore", tmp_path / "copy.db", url(damaged))


def test_a_page_that_was_overwritten_is_found(stopped, tmp_path):
    copy = tmp_path / "copy.db"
    run("backup", copy, url(stopped))
    content = bytearray(copy.read_bytes())
    content[-6000:-5000] = b"\xff" * 1000
    copy.write_bytes(content)
    run("restore", copy, url(tmp_path / "new.db"), check=4)
    assert not (tmp_path / "new.db").exists()
    copy.write_bytes(content[: len(content) // 2])
    run("restore", copy, url(tmp_path / "new.db"), check=4)


@ONLY_SQLITE
def test_a_restored_database_shows_what_it_showed(start_server, tmp_path, stopped):
    copy = tmp_path / "copy.db"
    run("backup", copy, url(stopped))
    before = copy.read_bytes()
    said = run("restore", copy, url(tmp_path / "runs.db")).stdout
    assert "6 runs" in said
    assert copy.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "runs.db"]
    server = start_server()
    answers = [server.client.get(address).json() for address in ("/runs?limit=10", "/members", "/workloads")]
    server.stop()
    shutil.copyfile(stopped, tmp_path / "original.db")
    original = start_server(database="original.db")
    shown = [original.client.get(address).json() for address in ("/runs?limit=10", "/members", "/workloads")]
    swapped = str(answers).replace(server.url, original.url)
    assert swapped == str(shown)
    for row in shown[0]["runs"]:
        assert original.client.get(f"/runs/{row['run_id']}/receipt").json()["sha256"] == row["sha256"]


@ONLY_SQLITE
def test_tokens_and_what_admins_decided_are_there_after_a_restore(start_server, tmp_path):
    database = url(tmp_path / "runs.db")
    admin, member, revoked = (
        run("token", "create", *words, database).stdout.strip()
        for words in (("boss", "--admin"), ("WJ",), ("WYC",))
    )
    run("token", "revoke", revoked.split("_")[1], database)
    server = start_server()
    now = datetime.now(timezone.utc)  # of an old run the summary tells the days, which may become one more
    kept, hidden, gone = (
        make_report("WJ", prefill_ms=ms, measured_at=now) for ms in (1000.0, 1100.0, 1200.0)
    )

    def ask(method, path, token=admin, **more):
        return server.client.request(method, path, headers={"Authorization": f"Bearer {token}"}, **more)

    for report in (kept, hidden, gone):
        assert server.submit(report, Authorization=f"Bearer {member}").status_code == 201
    assert ask("PATCH", f"/runs/{kept.run_id}", json={"note": "说明", "baseline": True}).status_code == 200
    assert ask("PATCH", f"/runs/{hidden.run_id}", json={"hidden": True}).status_code == 200
    assert ask("DELETE", f"/runs/{gone.run_id}").status_code == 204
    paths = ("/runs", "/members", "/summary.md")
    shown = [ask("GET", path).text.replace(server.url, "") for path in paths]
    run("backup", tmp_path / "copy.db", database)
    server.stop()

    run("restore", tmp_path / "copy.db", url(tmp_path / "new.db"))
    server = start_server(database="new.db")
    assert [ask("GET", path).text.replace(server.url, "") for path in paths] == shown
    assert ask("GET", f"/runs/{gone.run_id}").status_code == 410
    assert server.submit(gone, Authorization=f"Bearer {member}").status_code == 410
    assert server.submit(make_report("WJ"), Authorization=f"Bearer {member}").status_code == 201
    assert server.submit(make_report("WJ")).status_code == 401
    for token, status in ((member, 403), (revoked, 401), (admin, 200)):
        assert ask("PATCH", f"/runs/{kept.run_id}", token, json={"note": "later"}).status_code == status


def test_a_database_that_holds_runs_is_replaced_only_by_force(stopped, tmp_path):
    copy, target = tmp_path / "copy.db", tmp_path / "runs.db"
    run("backup", copy, url(stopped))
    shutil.copyfile(stopped, target)
    query(target, "DELETE FROM latest WHERE member = 'WYC'")
    assert "--force" in run("restore", copy, url(target), check=2).stderr
    assert query(target, "SELECT count(*) FROM latest WHERE member = 'WYC'") == [(0,)]
    run("restore", copy, "--force", url(target))
    assert query(target, "SELECT count(*) FROM latest WHERE member = 'WYC'") == [(1,)]


@ONLY_SQLITE
def test_nothing_is_put_under_a_server_that_runs(start_server, stopped, tmp_path):
    copy = tmp_path / "copy.db"
    run("backup", copy, url(stopped))
    server = start_server()
    assert "open" in run("restore", copy, "--force", url(server.database), check=4).stderr
    assert server.submit(make_report()).status_code == 201
    assert "open" in run("restore", copy, "--force", url(server.database), check=4).stderr
    assert len(server.client.get("/runs").json()["runs"]) == 1
    server.stop()
    run("restore", copy, "--force", url(server.database))
    server.start()
    assert len(server.client.get("/runs").json()["runs"]) == 6


def test_another_programs_database_is_not_replaced_even_by_force(stopped, tmp_path):
    copy, target = tmp_path / "copy.db", tmp_path / "cats.db"
    run("backup", copy, url(stopped))
    query(target, "CREATE TABLE cats (name)")
    assert "another program" in run("restore", copy, "--force", url(target), check=4).stderr
    assert query(target, "SELECT count(*) FROM cats") == [(0,)]


def test_a_backup_of_a_newer_version_is_refused(stopped, tmp_path):
    copy = tmp_path / "copy.db"
    run("backup", copy, url(stopped))
    query(copy, "UPDATE alembic_version SET version_num = '9999_later'")
    assert "newer version" in run("restore", copy, url(tmp_path / "new.db"), check=4).stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db"]


def test_postgresql_is_sent_to_its_own_tools(tmp_path):
    address = "--database-url=postgresql+psycopg://user:hunter2@127.0.0.1:1/bitnet"
    for arguments, word in (
        (("backup", tmp_path / "x"), "pg_dump"),
        (("restore", tmp_path / "x"), "pg_restore"),
    ):
        said = run(*arguments, address, check=2).stderr
        assert word in said
        assert "hunter2" not in said
