"""Moments of decisions, of which the newest counts wherever two collectors are merged."""

from __future__ import annotations

from datetime import datetime, timedelta


def later_than(now: datetime, *earlier: datetime | None) -> datetime:
    """When a decision is made that replaces others: after them, also where the clock was set back since.

    Else what another collector was told of the others would count as newer (`archive.merging`).
    """
    return max([now, *(moment + timedelta(microseconds=1) for moment in earlier if moment is not None)])
