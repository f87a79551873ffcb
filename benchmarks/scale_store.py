"""A store of any number of runs, written through plain SQL in a minute.

Ten members, 36 workloads, four years. A store of 1,000 runs holds the same members in the same workloads
as one of 1,000,000, in the same proportions.
"""

from __future__ import annotations

import copy
import json
import random
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from bitnet_collector.columns import run_columns
from bitnet_collector.database import open_database
from bitnet_collector.stored_reports import rebuild_latest
from bitnet_report import read_report

END = datetime(2026, 1, 1, tzinfo=timezone.utc)
SPAN = timedelta(days=4 * 365)
SHARES = {"WJ": 30, "WYC": 20, "LCJ": 15, **{f"M{number}": 5 for number in range(7)}}
"""Runs of each member in a hundred."""

MEMBERS = list(SHARES)
WORKLOADS = 36
OTHERS = 9
"""Workloads that a member runs beside the main one, which gets six runs of ten."""

MODELS = ("microsoft/bitnet-b1.58-2B-4T-bf16", "local/bitnet-tuned", "stand-in:tiny")
GRADES = {"A": 54, "B": 24, "C": 15, "invalid": 5, None: 2}
NO_INVALID = "LCJ"
"""A member without an invalid run: what is asked for and not there must not be looked for run by run."""

NO_C = 1
"""A workload without a run of grade C."""

Row = dict[str, Any]


def model_of(workload: int) -> str:
    """Two workloads of three are of the published model."""
    return MODELS[0] if workload < 24 else MODELS[1] if workload < 32 else MODELS[2]


def workloads_of(member: int) -> list[int]:
    """The main workload, and nine more of the 35."""
    return [0, *(1 + (3 * member + 4 * k) % (WORKLOADS - 1) for k in range(OTHERS))]


def seed(path: Path, runs: int, report: bytes) -> list[str]:
    """Make the database and store `runs` runs with small bodies; give the workloads' ids, main one first."""
    open_database(f"sqlite:///{path}").dispose()
    templates = [_template(report, workload) for workload in range(WORKLOADS)]
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-200000"):
            connection.execute(f"PRAGMA {pragma}")
        later = _take_down(connection)
        names = list(templates[0])
        connection.execute("BEGIN")
        connection.executemany(
            f"INSERT INTO run ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",  # noqa: S608  (our own names)
            (tuple(row.values()) for row in _rows(templates, runs)),
        )
        connection.execute(
            "INSERT INTO raw_report SELECT run_id, sha256, received_at, CAST('{}' AS BLOB) FROM run"
        )
        _curate(connection)
        connection.execute("COMMIT")
        for statement in later:
            connection.execute(statement)
    database = open_database(f"sqlite:///{path}")
    with database.writing() as session:
        rebuild_latest(session)
    database.dispose()
    return [template["workload_id"] for template in templates]


def _template(report: bytes, workload: int) -> Row:
    """The columns of a real report, as if of this workload, as SQLite keeps them."""
    given = copy.deepcopy(json.loads(report))
    given["meta"]["model_name"] = model_of(workload)
    if workload:
        given["workload"]["prompt_sha256"] = f"{workload:064x}"
    columns = run_columns(read_report(json.dumps(given).encode()), "WJ", "0" * 64, END).model_dump()
    return {
        name: json.dumps(value) if isinstance(value, dict | list) else value
        for name, value in columns.items()
    }


def _rows(templates: list[Row], runs: int) -> Iterator[Row]:
    chance = random.Random(runs)  # noqa: S311  (not for secrets)
    seats = [place for place, share in enumerate(SHARES.values()) for _ in range(share)]
    chance.shuffle(seats)
    own, turns = [workloads_of(member) for member in range(len(MEMBERS))], [0] * len(MEMBERS)
    for number in range(runs):
        member = seats[number % len(seats)]
        turn, turns[member] = turns[member], turns[member] + 1
        main, rest = turn % 5 < 3, turn // 5 * 2 + turn % 5 - 3
        workload = 0 if main else own[member][1 + rest % OTHERS]
        moment = END - SPAN + SPAN * (number / runs)
        written = f"{moment:%Y-%m-%d %H:%M:%S.%f}"
        sweep = turn // 8  # eight runs together, two times of three as the points of a sweep
        run_id = uuid.UUID(int=int(moment.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62 | number)
        yield {
            **templates[workload],
            "run_id": str(run_id),
            "sha256": f"{number:064x}",
            "received_at": written,
            "measured_at": written,
            "member": MEMBERS[member],
            "sweep_id": str(uuid.UUID(int=sweep << 80 | 7 << 76 | 2 << 62 | member)) if sweep % 3 else None,
            "decode_ms_per_token": 500.0 + 100 * member + chance.gauss(0, 20),
            "grade": _grade(member, workload, chance),
        }


def _grade(member: int, workload: int, chance: random.Random) -> str | None:
    (grade,) = chance.choices(list(GRADES), list(GRADES.values()))
    barred = {
        "C": workload == NO_C,
        "invalid": MEMBERS[member] == NO_INVALID or model_of(workload) == MODELS[2],
    }
    return "B" if barred.get(str(grade)) else grade


def _curate(connection: sqlite3.Connection) -> None:
    """Hide one run of a hundred, and pin a baseline in every workload."""
    into = "INSERT INTO curation (run_id, note, baseline_of, hidden, changed_at, changed_by)"
    hidden = (
        "SELECT run_id, 'a fan had failed', NULL, 1, received_at, 'seeded' FROM run WHERE rowid % 100 = 37"
    )
    of_each = "SELECT min(rowid) FROM run WHERE grade = 'A' AND rowid % 100 != 37 GROUP BY workload_id"
    pinned = f"SELECT run_id, NULL, workload_id, 0, received_at, 'seeded' FROM run WHERE rowid IN ({of_each})"  # noqa: S608  (our own names)
    connection.execute(f"{into} {hidden}")
    connection.execute(f"{into} {pinned}")


def _take_down(connection: sqlite3.Connection) -> list[str]:
    """Drop indexes and triggers, which would make a million inserts slow; give what makes them again."""
    kept = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
    ).fetchall()
    for kind, name, _ in kept:
        connection.execute(f"DROP {kind} {name}")
    return [sql for _, _, sql in kept]
