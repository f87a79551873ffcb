"""A real server whose database fails under requests that carry a token and a report: what its log tells."""

from __future__ import annotations

import base64
import hashlib

from collector_command import run
from collector_reports import make_report

MARK = "hunter2"
"""Stands in every value that a client sends: member, note, processor."""

_SQLITE = (
    ("CREATE TRIGGER refuse BEFORE INSERT ON run BEGIN SELECT RAISE(ABORT, 'refused'); END",),
    ("CREATE TRIGGER refuse_note BEFORE INSERT ON curation BEGIN SELECT RAISE(ABORT, 'refused'); END",),
    ("DROP TRIGGER refuse", "DROP TABLE latest"),
    ("ALTER TABLE curation RENAME TO gone",),
    ("ALTER TABLE token RENAME TO forgotten",),
)
_POSTGRESQL = (  # a violated constraint quotes the whole row in its details
    ("ALTER TABLE run ADD CONSTRAINT refuse CHECK (run_id = '') NOT VALID",),
    ("ALTER TABLE curation ADD CONSTRAINT refuse_note CHECK (run_id = '') NOT VALID",),
    ("ALTER TABLE run DROP CONSTRAINT refuse", "DROP TABLE latest"),
    ("ALTER TABLE curation RENAME TO gone",),
    ("ALTER TABLE token RENAME TO forgotten",),
)


def test_a_failing_database_puts_no_secret_and_no_value_into_the_log(start_server, tmp_path):
    server = start_server("--read", "token", log=tmp_path / "log")
    database = f"--database-url={server.database_url}"
    token = run("token", "create", f"{MARK}-member", "--admin", database).stdout.strip()
    secret = token.split("_", 2)[2]
    bearer = {"Authorization": f"Bearer {token}"}
    basic = base64.b64encode(f"{MARK}:{token}".encode()).decode()
    stored = make_report(f"{MARK}-member", note=f"note-{MARK}", cpu=f"cpu-{MARK}")
    assert server.submit(stored, **bearer).status_code == 201

    faults = _SQLITE if server.database_url.startswith("sqlite") else _POSTGRESQL
    for statements in faults:
        server.execute(*statements)
        report = make_report(f"{MARK}-member", note=f"note-{MARK}", cpu=f"cpu-{MARK}")
        path = f"/runs/{stored.run_id}"
        answers = [
            server.submit(report, **bearer),
            server.submit(stored, **bearer),
            server.client.patch(path, json={"note": f"patch-{MARK}"}, headers=bearer),
            server.client.delete(path, headers=bearer) if "latest" in statements[-1] else None,
            server.client.get("/summary", headers={"Authorization": f"Basic {basic}", "Accept": "text/html"}),
            server.client.get(f"/runs?member={MARK}-member", headers=bearer),
        ]
        failed = [answer for answer in answers if answer is not None and answer.status_code >= 500]
        assert failed, statements
        for answer in failed:
            page = "text/html" in answer.request.headers["Accept"]
            wanted = "text/html; charset=utf-8" if page else "application/problem+json"
            assert answer.headers["Content-Type"] == wanted
            assert MARK not in answer.text
    server.stop()

    said = (tmp_path / "log").read_text() + server.said
    assert said.count("the database failed") >= len(faults)
    for hidden in (
        token, secret, hashlib.sha256(secret.encode()).hexdigest(), basic, MARK, MARK.encode().hex(),
    ):  # fmt: skip
        assert hidden not in said, [line for line in said.splitlines() if hidden in line]
