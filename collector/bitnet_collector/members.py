"""Every member with their latest run and their best: what `/members` shows, made from the standings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .summary_table import WorkloadChoice
from .tables import Run, Standing
from .workloads import choose_workload, workloads_of


@dataclass(frozen=True)
class MemberRow:
    """A member; everything but the name is empty until they report.

    `latest` is their latest run of all. `recent` and `best` are their latest and their fastest valid run in
    `workload`, the most telling of their `workloads` pieces of work: only runs of one work compare.
    """

    member: str
    configured: bool
    runs: int = 0
    workloads: int = 0
    latest: Run | None = None
    workload: WorkloadChoice | None = None
    recent: Run | None = None
    best: Run | None = None


Best = Mapping[tuple[str, str], Run]
"""The fastest valid run by workload and member."""


def members_of(standings: Sequence[Standing], configured: Sequence[str], best: Best) -> list[MemberRow]:
    """Make one row a member: those configured, in their order, then others by name."""
    own = _by_member(standings)
    return [
        _row(member, member in configured, own.get(member, []), best)
        for member in (*configured, *sorted(own.keys() - set(configured)))
    ]


def telling_workloads(standings: Sequence[Standing]) -> set[str]:
    """The workloads in which some member's row shows their figures."""
    chosen = (choose_workload(workloads_of(own), None) for own in _by_member(standings).values())
    return {workload.workload_id for workload in chosen if workload is not None}


def _by_member(standings: Sequence[Standing]) -> dict[str, list[Standing]]:
    own: dict[str, list[Standing]] = {}
    for standing in standings:
        own.setdefault(standing.run.member, []).append(standing)
    return own


def _row(member: str, configured: bool, own: Sequence[Standing], best: Best) -> MemberRow:
    workloads = workloads_of(own)
    chosen = choose_workload(workloads, None)
    if chosen is None:
        return MemberRow(member, configured)
    runs = [standing.run for standing in own]
    return MemberRow(
        member,
        configured,
        runs=sum(standing.runs for standing in own),
        workloads=len(workloads),
        latest=max(runs, key=lambda run: (run.measured_at, run.run_id)),
        workload=chosen,
        recent=next(run for run in runs if run.workload_id == chosen.workload_id),
        best=best.get((chosen.workload_id, member)),
    )
