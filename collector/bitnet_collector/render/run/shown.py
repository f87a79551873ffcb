"""What the sections of a run's page are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bitnet_report import Report

from ...tables import Curation, Run


@dataclass(frozen=True)
class Neighbours:
    """Runs of the same work: the member's previous one, the fastest, and those to pick from."""

    previous: Run | None = None
    fastest: Run | None = None
    pickable: Sequence[Run] = ()


@dataclass(frozen=True)
class ShownRun:
    """A stored run with its report and what an admin said of it, at the time of the page."""

    report: Report
    run: Run
    neighbours: Neighbours
    now: datetime
    curation: Curation | None = None

    @property
    def clock(self) -> str:
        """The reference clock of the normalised times."""
        return f"{self.report.freq_normalization.reference_freq_mhz / 1000:.1f} GHz"
