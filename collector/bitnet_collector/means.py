"""One task done by several means: each member's engines and allocator settings beside each other.

Ranking stays within one workload; this table answers the other question: on one machine, what does another
engine bring?
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bitnet_report import MEANS, work_value

from .summary_rows import unranked_reason
from .summary_table import MeansRow, WorkloadChoice
from .tables import Run, Standing

PLAIN = ("published", "default")
"""The means that the others are held against: what the checkpoint declares, on the system's own allocator."""


def means_of(standings: Sequence[Standing], chosen: WorkloadChoice | None) -> list[MeansRow]:
    """Every member's latest run of the chosen task by each means, the fastest of a member first.

    Empty where all did it by the same means. Runs that would not be ranked are left out.
    """
    if chosen is None:
        return []
    task = _task(chosen.work)
    runs = [s.run for s in standings if _task(s.run.work) == task and _counts(s.run)]
    if len({_means(run) for run in runs}) < 2:
        return []
    plain = {run.member: run for run in runs if _means(run) == PLAIN}
    rows = [_row(run, plain.get(run.member)) for run in runs]
    return sorted(rows, key=lambda row: (row.member, row.decode_ms_per_token, row.run_id))


def _row(run: Run, plain: Run | None) -> MeansRow:
    engine, malloc = _means(run)
    decode = run.decode_ms_per_token or 0.0
    return MeansRow(
        member=run.member,
        engine=engine,
        malloc=malloc,
        workload_id=run.workload_id,
        run_id=run.run_id,
        plain_run_id=plain.run_id if plain and plain.run_id != run.run_id else None,
        threads=run.threads,
        prefill_ms=run.prefill_ms,
        decode_ms_per_token=decode,
        decode_low=run.decode_low,
        decode_high=run.decode_high,
        decode_n=run.decode_n,
        peak_memory_mb=run.peak_memory_mb,
        grade=run.grade,
        speedup=plain.decode_ms_per_token / decode if plain and plain.decode_ms_per_token else None,
    )


def _counts(run: Run) -> bool:
    """Whether a run would be ranked in its own workload."""
    own = WorkloadChoice(
        workload_id=run.workload_id,
        work=run.work,
        known=run.known_work,
        members=1,
        runs=1,
        latest_at=run.measured_at,
    )
    return unranked_reason(run, own) is None


def _task(work: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in work.items() if field not in MEANS}


def _means(run: Run) -> tuple[str, str]:
    return str(run.work["engine"]), str(work_value(run.work, "malloc"))
