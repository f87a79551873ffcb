"""The cold first call beside the discarded repetitions and the steady figure: what the compiler costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bitnet_report import Report

from ...texts import Texts
from .drawing import Chart, Drawing, Rect, Shape, Words, chart, text_px
from .spans import span_words

_ROW, _BAR = 26, 14
_MOST_STEPS = 12


@dataclass(frozen=True)
class _Call:
    words: str
    ms: float
    look: str


def warmup_calls(report: Report, texts: Texts) -> Chart | None:
    """Prefill, call by call, and the measured median last; None where there is no call to show."""
    calls = _calls(report, texts)
    if len(calls) < 2:
        return None
    words = ", ".join(f"{call.words} {span_words(call.ms)}" for call in calls)
    return chart(
        "warmup-calls",
        texts("warmup_alt", calls=words),
        lambda width: _draw(calls, width),
        caption=texts("warmup_chart_caption"),
    )


def _calls(report: Report, texts: Texts) -> list[_Call]:
    warmup, prefill = report.warmup, report.stage("prefill")
    steps = [step.prefill_ms for step in warmup.steps]
    calls = []
    if warmup.first_call_ms is not None:
        calls.append(_Call(texts("warmup_cold"), warmup.first_call_ms, "cold"))
    for number, ms in enumerate(steps[:_MOST_STEPS], 1):
        if number > 1 or ms != warmup.first_call_ms:
            calls.append(_Call(texts("warmup_number", n=number), ms, "warming"))
    if prefill is not None and calls:
        calls.append(_Call(texts("warmup_measured"), prefill.duration_ms, "steady"))
    return calls


def _draw(calls: Sequence[_Call], width: int) -> Drawing:
    left = max(text_px(call.words) for call in calls) + 18
    room = width - left - max(text_px(span_words(call.ms)) for call in calls) - 10
    most = max(call.ms for call in calls) or 1.0
    shapes: list[Shape] = []
    for place, call in enumerate(calls):
        y, size = place * _ROW + 4, max(room * call.ms / most, 1.0)
        shapes += [
            Words(left - 10, y + 12, call.words, "end", "ink"),
            Rect(left, y, round(size, 1), _BAR, f"call {call.look}"),
            Words(round(left + size + 7, 1), y + 12, span_words(call.ms), "start", "strong"),
        ]
    return Drawing(width, len(calls) * _ROW + 2, shapes)
