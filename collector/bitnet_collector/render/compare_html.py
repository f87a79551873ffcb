"""The comparison of two runs as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bitnet_report import ComparedRun, Comparison

from ..tables import Run
from ..texts import Texts
from .compare.sections import compare_sections
from .compare_words import TimeWords, reading_hints, time_words
from .pages import PageFrame, render_page
from .pickers import stored_run_choices
from .workload_words import weights_words


@dataclass(frozen=True)
class Side:
    """One of the two runs in the page's head."""

    letter: str
    run: ComparedRun
    member: str
    weights: str


def compare_html(comparison: Comparison, pickable: Sequence[Run], now: datetime, frame: PageFrame) -> str:
    """The whole page: who, what keeps them apart, its sections, and other runs to pick."""
    texts = Texts(frame.language)
    return render_page(
        "compare.html",
        frame,
        comparison=comparison,
        now=now,
        sides=[_side("A", comparison.a, texts), _side("B", comparison.b, texts)],
        headline=_headline(time_words(comparison, texts)),
        sections=compare_sections(comparison, texts),
        hints=reading_hints(comparison, texts),
        same_run=comparison.a.run_id == comparison.b.run_id,
        runs=stored_run_choices(pickable, None, texts),
        formats=("json", "txt"),
    )


def _side(letter: str, run: ComparedRun, texts: Texts) -> Side:
    return Side(letter, run, run.member or texts("compare_nobody"), weights_words(run.weights, texts))


def _headline(times: list[TimeWords]) -> list[TimeWords]:
    """Prefill and decode: what the summary compares as well."""
    return [row for row in times if row.key in ("prefill", "decode")]
