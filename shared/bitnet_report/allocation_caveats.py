"""The note that memory management takes a noticeable part of a run, and what it would save to stop it."""

from __future__ import annotations

from collections.abc import Iterator

from .allocation_sums import CHURN_SHARE, saving_share
from .caveats import make_caveat
from .report import Caveat, Report

_STAGES = ("decode", "prefill")


def allocation_caveats(report: Report) -> Iterator[Caveat]:
    """Note the stage whose faults take the largest share, if it is `CHURN_SHARE` or more.

    A run that is tuned already, or whose allocator the member chose, gets none: the remedy is not for it.
    """
    if report.allocation is None or report.workload.malloc != "default":
        return
    shares = {name: share for name in _STAGES if (share := saving_share(report, name)) is not None}
    if not shares or max(shares.values()) < CHURN_SHARE:
        return
    name = max(shares, key=lambda stage: shares[stage])
    counted = report.allocation.stage(name)
    if counted is not None and counted.saving_ms is not None:
        yield make_caveat(
            "allocator-churn",
            stage=name,
            faults=round(counted.faults_per_forward),
            ms=counted.saving_ms,
            percent=shares[name] * 100,
        )
