"""The pieces of work that members ran, and which of them to compare."""

from __future__ import annotations

from collections.abc import Sequence

from .summary_table import WorkloadChoice
from .tables import Standing


class UnknownWorkloadError(LookupError):
    """No run is of this workload."""


def workloads_of(standings: Sequence[Standing]) -> list[WorkloadChoice]:
    """Every workload, the one to compare first: published weights, proven work, most members, latest run."""
    groups: dict[str, list[Standing]] = {}
    for standing in standings:
        groups.setdefault(standing.run.workload_id, []).append(standing)
    choices = [
        WorkloadChoice(
            workload_id=workload_id,
            work=group[0].run.work,
            known=group[0].run.known_work,
            members=len(group),
            runs=sum(standing.runs for standing in group),
            latest_at=max(standing.run.measured_at for standing in group),
        )
        for workload_id, group in groups.items()
    ]
    return sorted(
        choices,
        key=lambda c: (c.work["weights"] == "published", c.known, c.members, c.latest_at, c.workload_id),
        reverse=True,
    )


def choose_workload(workloads: Sequence[WorkloadChoice], workload_id: str | None) -> WorkloadChoice | None:
    """The workload asked for, else the first; None where there is none at all.

    Raises:
        UnknownWorkloadError: `workload_id` is given, but no run is of it.
    """
    if workload_id is None:
        return workloads[0] if workloads else None
    for choice in workloads:
        if choice.workload_id == workload_id:
            return choice
    raise UnknownWorkloadError(workload_id)
