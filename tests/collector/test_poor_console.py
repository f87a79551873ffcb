"""The collector's commands on a console, and under a locale, that know only ASCII."""

from __future__ import annotations

import os

import pytest
from collector_command import run
from collector_reports import make_report
from collector_server import Server

POOR = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}

pytestmark = pytest.mark.skipif(os.name != "posix", reason="elsewhere the locale decides nothing of this")


@pytest.fixture
def place(tmp_path):
    """A folder with a name that ASCII does not have."""
    folder = tmp_path / "数据"
    folder.mkdir()
    return folder


@pytest.fixture
def database(place):
    return f"--database-url=sqlite:///{place}/库.db"


def test_tokens_are_made_listed_and_refused(database):
    made = run("token", "create", "WJ", database, **POOR)
    assert made.stdout.startswith("bnt_")
    assert "Authorization: Bearer ?" in made.stderr
    listed = run("token", "list", database, **POOR).stdout
    assert listed.splitlines()[1].split()[1:3] == ["WJ", "member"]
    refused = run("token", "create", "王小明", database, check=2, **POOR).stderr
    assert refused.isascii()
    assert "names no member" in refused


def test_every_help_is_shown():
    overview = run("--help", **POOR).stdout
    for verb in ("serve", "token", "backup", "restore", "export", "import", "reindex"):
        assert verb in overview
        assert "--database-url" in run(verb, *(["list"] if verb == "token" else []), "--help", **POOR).stdout


def test_files_with_chinese_names_are_moved_through_every_command(place, database):
    server = Server(place / "库.db")
    report = make_report("WJ", note="共享 🎉")
    assert server.submit(report).status_code == 201
    server.stop()
    run("backup", place / "备份.db", database, **POOR)
    run("restore", place / "备份.db", f"--database-url=sqlite:///{place}/新.db", **POOR)
    run("export", place / "全部.ndjson.gz", f"--database-url=sqlite:///{place}/新.db", **POOR)
    said = run("import", place / "全部.ndjson.gz", f"--database-url=sqlite:///{place}/末.db", **POOR).stdout
    assert said.startswith("imported 1 reports")
    missing = run("import", place / "没有", f"--database-url=sqlite:///{place}/末.db", check=2, **POOR).stderr
    assert "there is no file" in missing
    assert {path.name for path in place.iterdir()} >= {"库.db", "备份.db", "新.db", "末.db", "全部.ndjson.gz"}
    server = Server(place / "末.db")
    assert server.client.get(f"/runs/{report.run_id}.json").content == report.to_json()
    server.stop()
