"""One run as a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from bitnet_report import DRIFT, NOISY, OUTLIER_Z, UNUSABLE, Report

from ..tables import Run
from ..texts import Texts
from .caveat_words import caveat_words
from .compile_rows import compile_rows, compile_rows_left_out
from .facts import facts_of
from .measured import measured
from .pages import PageFrame, render_page
from .stage_rows import stage_rows, stage_words
from .steps_svg import step_chart
from .workload_words import weights_words

_MOST_REPETITIONS = 50
_FACTS = {
    "processor": "cpu_info",
    "frequency": "freq_normalization",
    "environment": "environment",
    "interference": "interference",
    "work": "workload",
    "about": "meta",
}


@dataclass(frozen=True)
class Neighbours:
    """Runs of the same work to compare this one with: the member's previous one, and the fastest."""

    previous: Run | None = None
    fastest: Run | None = None


@dataclass(frozen=True)
class StepsLine:
    """The steps of one repetition in four figures (ms)."""

    number: int
    steps: int
    low: float
    median: float
    high: float


def run_html(report: Report, run: Run, neighbours: Neighbours, now: datetime, frame: PageFrame) -> str:
    """The whole page: headline, stages, decode steps, warm-up, caveats, and all that the report states."""
    texts = Texts(frame.language)
    return render_page(
        "run.html",
        frame,
        report=report,
        run=run,
        neighbours=neighbours,
        age_s=max(0.0, (now - run.measured_at).total_seconds()),
        now=now,
        clock=f"{report.freq_normalization.reference_freq_mhz / 1000:.1f} GHz",
        weights=weights_words(report.meta.weights, texts),
        prefill=measured(run.prefill_ms, (run.prefill_low, run.prefill_high), run.prefill_n, texts),
        decode=measured(
            run.decode_ms_per_token,
            (run.decode_low, run.decode_high),
            run.decode_n,
            texts,
            "step_interval_hint",
        ),
        stages=stage_rows(report, texts),
        stage_name=lambda name: stage_words(name, texts),
        thresholds={"noisy": NOISY, "unusable": UNUSABLE, "drift": DRIFT, "z": OUTLIER_Z},
        has_kinds=any(stage.memory_kinds for stage in report.stage_profiles),
        chart=step_chart(report.decode_steps_ms),
        steps=_step_lines(report),
        compiled=compile_rows(report.warmup, texts),
        compiled_left_out=compile_rows_left_out(report.warmup),
        facts=_facts(report.model_dump(), texts),
        caveats=caveat_words(report.quality.caveats, texts),
    )


def _facts(report: dict[str, Any], texts: Texts) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every part of the report that no table shows; the note stands at the top of the page."""
    parts = {title: dict(report.get(name) or {}) for title, name in _FACTS.items()}
    parts["about"].pop("note", None)
    return [
        (title, facts_of(values, texts))
        for title, values in parts.items()
        if values or title != "interference"
    ]


def _step_lines(report: Report) -> list[StepsLine]:
    return [
        StepsLine(number, len(steps), min(steps), median(steps), max(steps))
        for number, steps in enumerate(report.decode_steps_ms[:_MOST_REPETITIONS], 1)
        if steps
    ]
