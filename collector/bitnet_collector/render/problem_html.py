"""A problem as a page, for a reader who followed a link or sent a form that cannot be answered."""

from __future__ import annotations

from datetime import datetime

from ..problems import Problem
from .pages import PageFrame, render_page


def problem_html(problem: Problem, slug: str, request_id: str | None, now: datetime, frame: PageFrame) -> str:
    """The whole page: the kind of problem and what it means to a reader, then the document's own words."""
    return render_page(
        "problem.html",
        frame,
        problem=problem,
        title=f"problem_{slug}",
        means=f"means_{slug}",
        request_id=request_id,
        now=now,
    )
