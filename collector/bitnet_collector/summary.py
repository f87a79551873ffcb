"""From the members' runs to the merged table. Only runs of the same, proven work are ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from .means import means_of
from .medians import median_run
from .summary_notes import summary_notes
from .summary_rows import RankedRow, summary_row, unranked_reason
from .summary_table import Show, SummaryTable, WorkloadChoice, Yardstick
from .tables import Run, Standing
from .workloads import choose_workload, workloads_of


@dataclass(frozen=True)
class Picked:
    """What was taken out of the chosen workload: for each member the runs to show, newest first.

    For `latest` nothing is taken: the standings hold it. `baseline` is the run pinned for the workload.
    """

    show: Show = "latest"
    runs: Mapping[str, Sequence[Run]] = field(default_factory=dict)
    baseline: Run | None = None


def summarize_runs(
    standings: Sequence[Standing],
    members: Sequence[str],
    now: datetime,
    workload_id: str | None = None,
    picked: Picked | None = None,
) -> SummaryTable:
    """Merge the members' runs into one row a member: `members` first, then others who reported.

    Raises:
        UnknownWorkloadError: `workload_id` is given, but no run is of it.
    """
    picked = picked or Picked()
    workloads = workloads_of(standings)
    chosen = choose_workload(workloads, workload_id)
    reported = {standing.run.member for standing in standings}
    order = [*members, *sorted(reported - set(members))]
    shown = [_shown(standings, member, chosen, picked) for member in order]
    yardstick = _yardstick([row for row in shown if row is not None], picked.baseline, chosen)
    ranked = sorted(row.decode for row in shown if row and row.unranked is None)
    rows = [
        summary_row(member, row, chosen=chosen, ranked=ranked, yardstick=yardstick, now=now)
        for member, row in zip(order, shown, strict=True)
    ]
    return SummaryTable(
        generated_at=now,
        show=picked.show,
        yardstick=yardstick,
        workload=chosen,
        rows=rows,
        means=means_of(standings, chosen),
        notes=summary_notes([row for row in shown if row is not None and row.unranked != "other-work"]),
        workloads=workloads,
    )


def fastest_run(standings: Sequence[Standing], workload_id: str) -> Run | None:
    """The run that leads this workload's table of latest runs, or None where none is ranked."""
    workload = next((w for w in workloads_of(standings) if w.workload_id == workload_id), None)
    ranked = [standing.run for standing in standings if unranked_reason(standing.run, workload) is None]
    return min(ranked, key=lambda run: (run.decode_ms_per_token or 0, run.run_id), default=None)


def _shown(
    standings: Sequence[Standing], member: str, chosen: WorkloadChoice | None, picked: Picked
) -> RankedRow | None:
    """What the member's row shows: the runs that were picked, else their latest, of other work if need be."""
    runs = picked.runs.get(member, ())
    if runs:
        run = median_run(runs) if picked.show == "median5" else runs[0]
        return RankedRow(run, runs, unranked_reason(run, chosen))
    own = [standing.run for standing in standings if standing.run.member == member]
    latest = max(
        own,
        key=lambda run: (
            chosen is not None and run.workload_id == chosen.workload_id,
            run.measured_at,
            run.run_id,
        ),
        default=None,
    )
    return RankedRow(latest, (latest,), unranked_reason(latest, chosen)) if latest else None


def _yardstick(
    shown: Sequence[RankedRow], baseline: Run | None, chosen: WorkloadChoice | None
) -> Yardstick | None:
    if baseline is not None and unranked_reason(baseline, chosen) is None:
        return _as_yardstick("baseline", baseline)
    ranked = [row.run for row in shown if row.unranked is None]
    fastest = min(ranked, key=lambda run: (run.decode_ms_per_token or 0, run.run_id), default=None)
    return _as_yardstick("fastest", fastest) if fastest else None


def _as_yardstick(kind: str, run: Run) -> Yardstick:
    return Yardstick.model_validate(
        {
            "kind": kind,
            "run_id": run.run_id,
            "member": run.member,
            "decode_ms_per_token": run.decode_ms_per_token,
        }
    )
