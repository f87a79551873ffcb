"""A history's two charts: drawn here, and as plain data for the script that draws them with a cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..member_history import HistoryPoint
from ..texts import Texts
from .charts.drawing import Chart
from .charts.history_line import HistoryMark, history_line
from .figures import figure, utc


@dataclass(frozen=True)
class HistoryChart:
    """A chart with its heading; `data` is what the script reads: seconds since 1970, and figures in ms."""

    key: str
    title: str
    chart: Chart
    data: dict[str, Any]


def history_charts(points: Sequence[HistoryPoint], texts: Texts) -> list[HistoryChart]:
    """Decode and prefill over time, each where at least one run has it; `points` are newest first."""
    found = (_chart(key, unit, points, texts) for key, unit in (("decode", "ms/token"), ("prefill", "ms")))
    return [chart for chart in found if chart is not None]


def _chart(key: str, unit: str, points: Sequence[HistoryPoint], texts: Texts) -> HistoryChart | None:
    marks = [mark for point in reversed(points) if (mark := _mark(key, point, texts)) is not None]
    if not marks:
        return None
    values = [mark.value for mark in marks if mark.valid] or [mark.value for mark in marks]
    name = texts(key)
    alternative = texts(
        "history_alt",
        figure=name,
        n=len(marks),
        first=utc(marks[0].at)[:10],
        last=utc(marks[-1].at)[:10],
        low=figure(min(values), grouped=True),
        high=figure(max(values), grouped=True),
        latest=figure(values[-1], grouped=True),
    )
    chart = history_line(f"history-{key}", alternative, unit, marks)
    if chart is None:
        return None
    data = {
        "key": key,
        "name": name,
        "at": [mark.at.timestamp() for mark in marks],
        "value": [mark.value if mark.valid else None for mark in marks],
        "left_out": [None if mark.valid else mark.value for mark in marks],
        "low": [mark.low if mark.valid else None for mark in marks],
        "high": [mark.high if mark.valid else None for mark in marks],
    }
    return HistoryChart(key, texts(f"history_{key}"), chart, data)


def _mark(key: str, point: HistoryPoint, texts: Texts) -> HistoryMark | None:
    if key == "decode":
        value, low, high = point.decode_ms_per_token, point.decode_low, point.decode_high
    else:
        value, low, high = point.prefill_ms, point.prefill_low, point.prefill_high
    if value is None:
        return None
    grade = "" if point.grade is None else f", {texts('grade')} {point.grade}"
    hint = f"{utc(point.measured_at)}: {figure(value, grouped=True)}{grade}"
    return HistoryMark(point.measured_at, value, low, high, point.valid, hint)
