"""The page of a run whose report this version cannot read."""

from __future__ import annotations

from datetime import datetime

from bitnet_report import ReportError

from ..tables import Run
from .pages import PageFrame, render_page


def unreadable_html(run: Run, error: ReportError, now: datetime, frame: PageFrame) -> str:
    """Say so, and lead to the bytes as they were sent."""
    return render_page("unreadable.html", frame, run=run, fault=str(error)[:400], now=now)
