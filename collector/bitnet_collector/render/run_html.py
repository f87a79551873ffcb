"""One run as a page."""

from __future__ import annotations

from ..texts import Texts
from .pages import PageFrame, render_page
from .pickers import stored_run_choices
from .run.sections import run_sections
from .run.shown import ShownRun
from .workload_words import lengths_words, malloc_words, weights_words


def run_html(shown: ShownRun, frame: PageFrame) -> str:
    """The whole page: whose run it is, what to compare it with, and its sections."""
    texts = Texts(frame.language)
    report, run = shown.report, shown.run
    return render_page(
        "run.html",
        frame,
        report=report,
        run=run,
        neighbours=shown.neighbours,
        curation=shown.curation,
        others=stored_run_choices(
            [one for one in shown.neighbours.pickable if one.run_id != run.run_id], None, texts
        ),
        age_s=max(0.0, (shown.now - run.measured_at).total_seconds()),
        now=shown.now,
        weights=weights_words(report.meta.weights, texts),
        malloc=malloc_words(report.workload.malloc, texts) if run.known_work else None,
        lengths=lengths_words(report.workload.model_dump(), texts),
        sections=run_sections(shown, texts),
    )
