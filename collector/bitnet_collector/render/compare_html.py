"""The comparison of two runs as a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bitnet_report import SMALLEST_EFFECT, ComparedRun, Comparison

from ..texts import Texts
from .compare_words import TimeWords, bar_position, bar_reach, difference_rows, ratio_figure, time_words
from .figures import megabytes
from .pages import PageFrame, render_page
from .stage_rows import stage_words
from .workload_words import weights_words


@dataclass(frozen=True)
class Side:
    """One of the two runs in the page's head."""

    letter: str
    run: ComparedRun
    member: str
    weights: str


@dataclass(frozen=True)
class MemoryWords:
    """Peak memory of one stage (MB) on both sides."""

    name: str
    a: str
    b: str
    difference: str
    a_source: str
    b_source: str


def compare_html(comparison: Comparison, now: datetime, frame: PageFrame) -> str:
    """The whole page: who, what keeps them apart, the times, the memory, and what else differs."""
    texts = Texts(frame.language)
    reach = bar_reach(comparison)
    times = time_words(comparison, texts)
    percent = round(SMALLEST_EFFECT * 100)
    return render_page(
        "compare.html",
        frame,
        comparison=comparison,
        now=now,
        sides=[_side("A", comparison.a, texts), _side("B", comparison.b, texts)],
        times=times,
        headline=_headline(times),
        band=(bar_position(1 / (1 + SMALLEST_EFFECT), reach), bar_position(1 + SMALLEST_EFFECT, reach)),
        reach=ratio_figure(reach)[:4],
        percent=percent,
        memory=_memory(comparison, texts),
        work=difference_rows(comparison.work, texts),
        notes=difference_rows(comparison.notes, texts),
        same_run=comparison.a.run_id == comparison.b.run_id,
        formats=("json", "txt"),
    )


def _side(letter: str, run: ComparedRun, texts: Texts) -> Side:
    return Side(letter, run, run.member or texts("compare_nobody"), weights_words(run.weights, texts))


def _headline(times: list[TimeWords]) -> list[TimeWords]:
    """Prefill and decode: what the summary compares as well."""
    return [row for row in times if row.key in ("prefill", "decode")]


def _memory(comparison: Comparison, texts: Texts) -> list[MemoryWords]:
    return [
        MemoryWords(
            name=stage_words(row.name, texts),
            a=megabytes(row.a_mb, grouped=True),
            b=megabytes(row.b_mb, grouped=True),
            difference=_signed(row.difference_mb),
            a_source=row.a_source or "",
            b_source=row.b_source or "",
        )
        for row in comparison.memory
        if row.a_mb is not None or row.b_mb is not None
    ]


def _signed(difference: float | None) -> str:
    if difference == 0:
        return "0"
    return ("+" if (difference or 0) > 0 else "") + megabytes(difference, grouped=True)
