"""What speaks against an operator split: parts that miss the whole, a pass unlike the timed one."""

from __future__ import annotations

from collections.abc import Iterator

from .caveats import make_caveat
from .operators import SUM_TOLERANCE
from .report import Caveat, Report

SLOWDOWN = 0.10
"""Share by which the pass may differ from the timed one: beyond it, what the marks cost, or another program
took, is as large as the smaller kinds."""


def operator_caveats(report: Report) -> Iterator[Caveat]:
    """Find what speaks against the run's split; a run without one has none."""
    for split in report.operators:
        if abs(split.remainder_share) > SUM_TOLERANCE:
            yield make_caveat(
                "operators-incomplete",
                stage=split.stage,
                percent=split.remainder_share * 100,
                limit=round(SUM_TOLERANCE * 100),
            )
        if split.slowdown is not None and abs(split.slowdown - 1) > SLOWDOWN:
            yield make_caveat(
                "operators-off",
                stage=split.stage,
                percent=(split.slowdown - 1) * 100,
                limit=round(SLOWDOWN * 100),
            )
        if split.tokens_agree is False:
            yield make_caveat("operators-other-tokens", stage=split.stage)
