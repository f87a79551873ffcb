"""One run as a page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from pydantic import BaseModel

from bitnet_report import Caveat, Report, caveat_sentences

from ..negotiation import Language
from ..texts import Texts
from .pages import PageFrame, render_page
from .steps_svg import step_chart
from .workload_words import weights_words

_LONGEST_FACT = 2000
_MOST_REPETITIONS = 50


@dataclass(frozen=True)
class StepsLine:
    """The steps of one repetition in four figures (ms)."""

    number: int
    steps: int
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class CaveatLine:
    """A caveat in the page's language, or as it was sent where its code is not known here."""

    code: str
    message: str
    remedy: str | None


def run_html(report: Report, member: str, received_at: datetime, now: datetime, frame: PageFrame) -> str:
    """The whole page: headline, stages, decode steps, warm-up, caveats, and all that the report states."""
    texts = Texts(frame.language)
    measured_at = min(report.meta.measured_at, received_at)
    return render_page(
        "run.html",
        frame,
        report=report,
        member=member,
        measured_at=measured_at,
        received_at=received_at,
        age_s=max(0.0, (now - measured_at).total_seconds()),
        now=now,
        clock=f"{report.freq_normalization.reference_freq_mhz / 1000:.1f} GHz",
        weights=weights_words(report.meta.weights, texts),
        stage_name=lambda name: texts(f"stage_{name}") if texts.has(f"stage_{name}") else name,
        chart=step_chart(report.decode_steps_ms),
        steps=_step_lines(report),
        facts=[
            ("processor", _facts(report.cpu_info)),
            ("frequency", _facts(report.freq_normalization)),
            ("environment", _facts(report.environment)),
            ("work", _facts(report.workload)),
            ("about", _facts(report.meta, leave_out={"note"})),
        ],
        compile_facts=_pairs(report.warmup.model_dump(exclude_none=True).get("compile", {})),
        caveats=[_caveat_line(caveat, frame.language) for caveat in report.quality.caveats],
    )


def _caveat_line(caveat: Caveat, language: Language) -> CaveatLine:
    return CaveatLine(caveat.code, *caveat_sentences(caveat, language))


def _step_lines(report: Report) -> list[StepsLine]:
    return [
        StepsLine(number, len(steps), min(steps), median(steps), max(steps))
        for number, steps in enumerate(report.decode_steps_ms[:_MOST_REPETITIONS], 1)
        if steps
    ]


def _facts(record: BaseModel, leave_out: set[str] | None = None) -> list[tuple[str, str]]:
    """What a part of the report states, under the report's own names; unknown keys too, nulls not."""
    return _pairs(record.model_dump(exclude_none=True, exclude=leave_out))


def _pairs(values: dict[str, Any]) -> list[tuple[str, str]]:
    return [(key, _fact(value)) for key, value in values.items() if value is not None]


def _fact(value: Any) -> str:
    if isinstance(value, str):
        return value[:_LONGEST_FACT]
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.0f}"
    if isinstance(value, list) and all(isinstance(part, (str, int)) for part in value):
        return ", ".join(map(str, value))[:_LONGEST_FACT]
    return json.dumps(value, ensure_ascii=False)[:_LONGEST_FACT]
