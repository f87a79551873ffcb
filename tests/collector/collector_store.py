"""A store with many runs, made through SQL in a moment: the rows of a few real reports, again and again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from collector_reports import START, make_report
from sqlalchemy import func, insert, select

from bitnet_collector.columns import run_columns
from bitnet_collector.database import Database
from bitnet_collector.tables import Latest, RawReport, Run

_BATCH = 5000
_WORKLOADS = 6


def seed(database: Database, runs: int) -> None:
    """Store `runs` runs of 39 members in 6 workloads, a minute apart."""
    patterns = [_pattern(kind) for kind in range(_WORKLOADS * 4)]
    for start in range(0, runs, _BATCH):
        rows = [_row(patterns, number) for number in range(start, min(start + _BATCH, runs))]
        with database.writing() as session:
            session.execute(insert(Run), rows)
            raws = [
                {"run_id": r["run_id"], "sha256": r["sha256"], "received_at": r["received_at"], "body": b"{}"}
                for r in rows
            ]
            session.execute(insert(RawReport), raws)
    with database.writing() as session:
        session.execute(insert(Latest), list(_latest(session)))


def _pattern(kind: int) -> dict[str, Any]:
    report = make_report(
        decode_tokens=8 + kind % _WORKLOADS, prefill_ms=900.0 + kind, grade=("A", "A", "B", "C")[kind % 4]
    )
    return run_columns(report, "WJ", "0" * 64, START).model_dump()


def _row(patterns: list[dict[str, Any]], number: int) -> dict[str, Any]:
    """The run of this number; member and workload are drawn apart, so that all pairs occur."""
    moment = START + timedelta(minutes=number)
    return {
        **patterns[number * 7 % len(patterns)],
        "run_id": str(uuid.UUID(int=0x0190_0000_0000_7000_8000_0000_0000_0000 + number)),
        "member": f"M{number * 11 % 13 + 13 * (number % 3):02d}",
        "measured_at": moment,
        "received_at": moment,
        "decode_ms_per_token": 500.0 + number * 37 % 1000,
    }


def _latest(session: Any) -> Iterator[dict[str, Any]]:
    newest = select(Run.workload_id, Run.member, func.max(Run.measured_at), func.count()).group_by(
        Run.workload_id, Run.member
    )
    for workload_id, member, measured_at, count in session.execute(newest).all():
        run_id = session.execute(
            select(Run.run_id).where(
                Run.workload_id == workload_id, Run.member == member, Run.measured_at == measured_at
            )
        ).scalar_one()
        yield {
            "workload_id": workload_id,
            "member": member,
            "run_id": run_id,
            "measured_at": measured_at,
            "runs": count,
        }
