"""`export`, `import` and `reindex` with the real program, on both engines."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest
from collector_command import run
from collector_reports import START, make_report, version_0
from sqlalchemy import text

from bitnet_collector.app import create_app
from bitnet_collector.archive.lines import Entry, LineError, from_line, to_line
from bitnet_collector.database import open_database
from bitnet_collector.settings import Settings
from bitnet_collector.storing import store_run
from bitnet_report import new_run_id, read_report

NOW = START + timedelta(days=3)


def store(url, *bodies, received_at=START + timedelta(days=1)):
    database = open_database(url)
    for body in bodies:
        report = read_report(body)
        with database.writing() as session:
            store_run(session, report, report.member, body, received_at)
    database.dispose()


def ask(url, *addresses):
    """What an application on this database answers at `NOW`."""
    app = create_app(Settings(database_url=url), clock=lambda: NOW)

    async def answers():
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app, client=("127.0.0.1", 1)), base_url="http://127.0.0.1"
            ) as client,
        ):
            return [(await client.get(address)).content for address in addresses]

    return asyncio.run(answers())


def execute(url, *statements):
    database = open_database(url)
    with database.writing() as session:
        for statement in statements:
            session.execute(text(statement))
    database.dispose()


def odd_bodies():
    odd = {
        **json.loads(make_report("WJ").to_json()),
        "later": "\u2028\u2029\x85 \x7f",
        "run_id": new_run_id(),
    }
    return [
        make_report("WJ").to_json(),
        make_report("WYC", measured_at=START + timedelta(hours=30)).to_json(),  # a clock that runs ahead
        json.dumps(version_0()).encode(),
        ("\ufeff" + json.dumps(odd, ensure_ascii=False, indent=7) + "\r\n\n \t").encode(),
        make_report("LCJ", note="🎉 \\ \" 说明", cpu="=1+1").to_json(),
    ]  # fmt: skip


@pytest.fixture
def filled(database_url):
    store(database_url, *odd_bodies())
    return database_url


@pytest.fixture
def filled_file(tmp_path):
    url = f"sqlite:///{tmp_path}/filled.db"
    store(url, *odd_bodies())
    return url


SHOWN = ("/runs?limit=100", "/summary.json", "/summary.md", "/members", "/workloads")


@pytest.mark.parametrize("name", ["all.ndjson", "all.ndjson.gz"])
def test_what_is_exported_and_imported_is_the_same_store_byte_for_byte(filled, tmp_path, name):
    target, other = tmp_path / name, f"sqlite:///{tmp_path}/other.db"
    assert "exported 5 reports" in run("export", target, f"--database-url={filled}").stderr
    done = run("import", target, f"--database-url={other}")
    assert done.stdout == "imported 5 reports; 0 were here already, 0 were refused\n"
    assert ask(other, *SHOWN) == ask(filled, *SHOWN)
    ids = [row["run_id"] for row in json.loads(ask(filled, SHOWN[0])[0])["runs"]]
    raw = [f"/runs/{run_id}.json" for run_id in ids]
    assert ask(other, *raw) == ask(filled, *raw)
    again = run("import", target, target, f"--database-url={other}").stdout
    assert again == "imported 0 reports; 10 were here already, 0 were refused\n"
    assert ask(other, *SHOWN) == ask(filled, *SHOWN)


def test_each_line_proves_itself(filled_file, tmp_path):
    run("export", tmp_path / "all", f"--database-url={filled_file}")
    lines = (tmp_path / "all").read_bytes().splitlines()
    assert len(lines) == 5
    for line in map(json.loads, lines):
        assert hashlib.sha256(line["report"].encode()).hexdigest() == line["sha256"]
        assert read_report(line["report"].encode()).run_id == line["run_id"]
    assert run("export", f"--database-url={filled_file}").stdout == (tmp_path / "all").read_text()


def test_two_collectors_become_one(filled, tmp_path):
    other = f"sqlite:///{tmp_path}/other.db"
    shared, own = make_report("WJ", prefill_ms=7.0).to_json(), make_report("NEW").to_json()
    store(filled, shared)
    store(other, shared, own, received_at=START + timedelta(days=2))
    run("export", tmp_path / "other", f"--database-url={other}")
    done = run("import", tmp_path / "other", f"--database-url={filled}")
    assert done.stdout == "imported 1 reports; 1 were here already, 0 were refused\n"
    (members,) = ask(filled, "/members")
    assert [row["runs"] for row in json.loads(members)["members"] if row["member"] == "NEW"] == [1]


def test_a_conflict_is_named_and_keeps_no_other_back(filled, tmp_path):
    other = f"sqlite:///{tmp_path}/other.db"
    run_id = new_run_id()
    ours, theirs = (make_report("WJ", prefill_ms=ms, run_id=run_id).to_json() for ms in (5.0, 6.0))
    store(filled, ours)
    store(other, make_report("NEW").to_json(), theirs, make_report("NEW").to_json())
    run("export", tmp_path / "other", f"--database-url={other}")
    done = run("import", tmp_path / "other", f"--database-url={filled}", check=1)
    assert "imported 2 reports; 0 were here already, 1 were refused" in done.stdout
    assert run_id in done.stderr and "other content" in done.stderr
    assert ask(filled, f"/runs/{run_id}.json") == [ours]


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: [*lines[:3], lines[3][: len(lines[3]) // 2]],
        lambda lines: [lines[0], lines[1].replace(b"bfloat16", b"bfloat17"), *lines[2:]],
        lambda lines: [*lines, b'{"half": "a line'],
        lambda lines: [*lines, b"[]"],
        lambda lines: [*lines, b'{"run_id": 1, "sha256": 2, "received_at": 3, "report": 4}'],
    ],
)
def test_of_a_damaged_file_nothing_is_imported(filled_file, tmp_path, damage):
    run("export", tmp_path / "all", f"--database-url={filled_file}")
    lines = (tmp_path / "all").read_bytes().splitlines()
    (tmp_path / "bad").write_bytes(b"\n".join(damage(lines)))
    other = f"sqlite:///{tmp_path}/other.db"
    said = run("import", tmp_path / "all", tmp_path / "bad", f"--database-url={other}", check=4).stderr
    assert f"{tmp_path / 'bad'} line " in said
    assert json.loads(ask(other, "/runs")[0])["runs"] == []


def test_a_file_that_was_cut_off_while_packed_is_told(filled_file, tmp_path):
    run("export", tmp_path / "all.gz", f"--database-url={filled_file}")
    packed = (tmp_path / "all.gz").read_bytes()
    (tmp_path / "cut.gz").write_bytes(packed[: len(packed) // 2])
    other = f"sqlite:///{tmp_path}/other.db"
    run("import", tmp_path / "cut.gz", f"--database-url={other}", check=4)
    run("import", tmp_path / "none", f"--database-url={other}", check=2)
    assert gzip.decompress(packed).count(b"\n") == 5


@pytest.mark.skipif(os.name != "posix", reason="needs a pipe in the file system")
@pytest.mark.parametrize("through", ["-", "/dev/stdin", "pipe"])
def test_a_pipe_is_imported_whole(filled_file, tmp_path, through):
    command = [sys.executable, "-m", "bitnet_collector"]
    other = f"--database-url=sqlite:///{tmp_path}/other.db"
    exported = subprocess.run(
        [*command, "export", f"--database-url={filled_file}"], capture_output=True, check=True
    ).stdout
    source = through
    if through == "pipe":
        source = str(tmp_path / "pipe")
        os.mkfifo(source)
        threading.Thread(target=Path(source).write_bytes, args=(exported,), daemon=True).start()
    done = subprocess.run(
        [*command, "import", source, other], input=exported, capture_output=True, check=True, timeout=200
    )
    assert done.stdout.startswith(b"imported 5 reports; 0 were here")
    damaged = subprocess.run(
        [*command, "import", "-", other], input=exported[:-20], capture_output=True, check=False, timeout=200
    )
    assert (damaged.returncode, damaged.stderr.startswith(b"bitnet-collector: standard input line 5")) == (
        4,
        True,
    )


def test_a_report_of_a_newer_version_is_named_and_left_out(tmp_path):
    body = json.dumps({**json.loads(make_report().to_json()), "schema_version": 99}).encode()
    sha256 = hashlib.sha256(body).hexdigest()
    (tmp_path / "new").write_bytes(to_line(Entry(new_run_id(), sha256, START, body)))
    done = run("import", tmp_path / "new", f"--database-url=sqlite:///{tmp_path}/x.db", check=1)
    assert "99" in done.stderr and "1 were refused" in done.stdout


def test_export_keeps_what_is_there(filled_file, tmp_path):
    (tmp_path / "all").write_text("precious")
    run("export", tmp_path / "all", f"--database-url={filled_file}", check=2)
    assert (tmp_path / "all").read_text() == "precious"
    run("export", tmp_path / "all", "--force", f"--database-url={filled_file}")
    run("export", tmp_path / "x", f"--database-url=sqlite:///{tmp_path}/none.db", check=2)
    assert not (tmp_path / "none.db").exists()


def test_a_report_that_has_rotted_is_not_exported(tmp_path):
    url = f"sqlite:///{tmp_path}/runs.db"
    store(url, make_report().to_json())
    with sqlite3.connect(tmp_path / "runs.db") as connection:
        connection.execute("UPDATE raw_report SET body = x'00'")
    connection.close()
    assert "restore" in run("export", tmp_path / "all", f"--database-url={url}", check=4).stderr
    assert not (tmp_path / "all").exists()


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"\xff\xfe not UTF-8", "\ufeff{\r\n}\u2028".encode(), b"\x00\n\r\t"]
)
def test_any_bytes_survive_a_line(body):
    entry = Entry(
        "id", hashlib.sha256(body).hexdigest(), datetime(2026, 1, 1, 1, 2, 3, 4, timezone.utc), body
    )
    line = to_line(entry)
    assert line.count(b"\n") == 1 and len(line.splitlines()) == 1
    assert from_line(line) == entry
    with pytest.raises(LineError):
        from_line(line.replace(entry.sha256.encode(), b"0" * 64))


def test_reindex_makes_the_same_summary_byte_for_byte(filled):
    before = ask(filled, *SHOWN)
    execute(
        filled,
        "DELETE FROM latest",
        "UPDATE run SET prefill_ms = 1, member = 'X', workload_id = 'x', caveats = '[]', grade = 'C'",
        "UPDATE run SET measured_at = received_at",
    )
    assert ask(filled, SHOWN[0]) != before[:1]
    assert (
        run("reindex", f"--database-url={filled}").stdout == "reindexed 5 runs; 0 reports could not be read\n"
    )
    assert ask(filled, *SHOWN) == before


def test_a_report_that_cannot_be_read_any_more_is_named_and_keeps_its_columns(tmp_path):
    url = f"sqlite:///{tmp_path}/runs.db"
    old = make_report("OLD")
    store(url, old.to_json(), make_report("WJ").to_json())
    with sqlite3.connect(tmp_path / "runs.db") as connection:
        connection.execute(
            "UPDATE raw_report SET body = CAST(replace(CAST(body AS TEXT), '\"schema_version\":', "
            "'\"schema_version\":9') AS BLOB) WHERE run_id = ?",
            (old.run_id,),
        )
    connection.close()
    before = ask(url, *SHOWN)
    done = run("reindex", f"--database-url={url}", check=1)
    assert done.stdout == "reindexed 1 runs; 1 reports could not be read\n"
    assert old.run_id in done.stderr
    assert ask(url, *SHOWN) == before


def test_reindex_of_an_empty_store_does_nothing(database_url, tmp_path):
    open_database(database_url).dispose()
    assert run("reindex", f"--database-url={database_url}").stdout.startswith("reindexed 0 runs")
    run("reindex", f"--database-url=sqlite:///{tmp_path}/none.db", check=2)
