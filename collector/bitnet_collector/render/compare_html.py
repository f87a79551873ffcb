"""The comparison of two runs as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bitnet_report import MEANS, ComparedRun, Comparison

from ..tables import Run
from ..texts import Texts
from .compare.sections import compare_sections
from .compare_words import TimeWords, reading_hints, time_words
from .pages import PageFrame, render_page
from .pickers import stored_run_choices
from .workload_words import malloc_words, weights_words


@dataclass(frozen=True)
class Side:
    """One of the two runs in the page's head."""

    letter: str
    run: ComparedRun
    member: str
    work: str


def compare_html(comparison: Comparison, pickable: Sequence[Run], now: datetime, frame: PageFrame) -> str:
    """The whole page: who, what keeps them apart, its sections, and other runs to pick."""
    texts = Texts(frame.language)
    return render_page(
        "compare.html",
        frame,
        comparison=comparison,
        now=now,
        title=_title(comparison, texts),
        sides=[
            _side("A", comparison.a, _means(comparison, "a"), texts),
            _side("B", comparison.b, _means(comparison, "b"), texts),
        ],
        headline=_headline(time_words(comparison, texts)),
        sections=compare_sections(comparison, texts),
        hints=reading_hints(comparison, texts),
        same_run=comparison.a.run_id == comparison.b.run_id,
        runs=stored_run_choices(pickable, None, texts),
        formats=("json", "txt"),
    )


def _side(letter: str, run: ComparedRun, means: dict[str, str], texts: Texts) -> Side:
    named = {
        "weights": weights_words(run.weights, texts),
        **{
            field: malloc_words(value, texts) if field == "malloc" else value
            for field, value in means.items()
        },
    }
    work = " · ".join(texts("named", name=texts(field), value=value) for field, value in named.items())
    return Side(letter, run, _member(run, texts), work)


def _member(run: ComparedRun, texts: Texts) -> str:
    return run.member or texts("compare_nobody")


def _means(comparison: Comparison, side: Literal["a", "b"]) -> dict[str, str]:
    """By what one side did the task, where the two differ in it."""
    differing = [difference for difference in comparison.work if difference.field in MEANS]
    return {one.field: str(getattr(one, side)) for one in differing}


def _title(comparison: Comparison, texts: Texts) -> str:
    """Who against whom; of one member's runs by what they were done, or when."""
    a, b = _member(comparison.a, texts), _member(comparison.b, texts)
    if a != b:
        return texts("compare_title", a=a, b=b)
    ours, theirs = (_short(_means(comparison, side), texts) for side in ("a", "b"))
    if not ours:
        ours, theirs = (run.measured_at[:16].replace("T", " ") for run in (comparison.a, comparison.b))
    return texts("compare_title_one", member=a, a=ours, b=theirs)


def _short(means: dict[str, str], texts: Texts) -> str:
    """As a title has room for it."""
    return " · ".join(
        texts(key) if texts.has(key := f"{field}_short_{value}") else value for field, value in means.items()
    )


def _headline(times: list[TimeWords]) -> list[TimeWords]:
    """Prefill and decode: what the summary compares as well."""
    return [row for row in times if row.key in ("prefill", "decode")]
