"""A figure of a member's runs over time; a script may draw the same with a cursor in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from .drawing import Chart, Dot, Drawing, Line, Shape, Words, chart, trace
from .scales import Scale, round_ticks, upright_axis

_HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 240, 58, 12, 26, 26
_DAY_S = 86400.0


@dataclass(frozen=True)
class HistoryMark:
    """One run: when, its figure (ms) with the ends of its interval, and whether it counts."""

    at: datetime
    value: float
    low: float | None
    high: float | None
    valid: bool
    hint: str


def history_line(name: str, title: str, unit: str, marks: Sequence[HistoryMark]) -> Chart | None:
    """The marks, oldest first, on an axis of time; only valid ones are joined. None where there is none.

    The axis does not begin at zero: what is read here is change.
    """
    if not marks:
        return None
    return chart(name, title, lambda width: _draw(marks, unit, width))


def _draw(marks: Sequence[HistoryMark], unit: str, width: int) -> Drawing:
    valid = [mark for mark in marks if mark.valid] or list(marks)
    lows = [mark.low if mark.low is not None else mark.value for mark in valid]
    highs = [mark.high if mark.high is not None else mark.value for mark in valid]
    low, high = min(lows), max(highs)
    margin = (high - low) * 0.1 or high * 0.1 or 1.0
    ticks = round_ticks(max(low - margin, 0), high + margin)
    up = Scale(ticks[0], ticks[-1], _HEIGHT - _BOTTOM, _TOP)
    first, last = marks[0].at.timestamp(), marks[-1].at.timestamp()
    pad = (last - first) * 0.02 or _DAY_S / 2
    along = Scale(first - pad, last + pad, _LEFT, width - _RIGHT)
    shapes: list[Shape] = upright_axis(up, [(t, f"{t:,g}") for t in ticks], _LEFT, width - _RIGHT, unit)
    shapes += _dates(first, last, along, width)
    shapes.append(trace([(along(m.at.timestamp()), up(m.value)) for m in marks if m.valid], "line line-1"))
    for mark in marks:
        x = along(mark.at.timestamp())
        if mark.valid and mark.low is not None and mark.high is not None:
            shapes.append(Line(x, up(mark.low), x, up(mark.high), "interval"))
        shapes.append(Dot(x, up(mark.value), 3.5, "mark" if mark.valid else "mark-invalid", mark.hint))
    return Drawing(width, _HEIGHT, shapes)


def _dates(first: float, last: float, along: Scale, width: int) -> list[Shape]:
    """The first and the last moment, and one between where there is room."""
    form = "%Y-%m-%d" if last - first >= 2 * _DAY_S else "%m-%d %H:%M"
    moments = [first, last] if last > first else [first]
    if len(moments) == 2 and width > 500:
        moments.insert(1, (first + last) / 2)
    anchors = {0: "start", len(moments) - 1: "end"} if len(moments) > 1 else {0: "middle"}
    shapes: list[Shape] = []
    for place, moment in enumerate(moments):
        words = datetime.fromtimestamp(moment, timezone.utc).strftime(form)
        anchor = anchors.get(place, "middle")
        shapes.append(Words(along(moment), _HEIGHT - 8, words, anchor))  # type: ignore[arg-type]
    return shapes
