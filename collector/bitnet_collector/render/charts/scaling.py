"""How a figure goes along an axis of a sweep: one line for each combination of what else was varied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .drawing import Chart, Dot, Drawing, Key, Line, Shape, chart, trace
from .scales import Scale, level_axis, round_ticks, upright_axis

_HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 260, 62, 18, 30, 28
MOST_LINES = 8
"""Colours that the style sheet tells apart."""


@dataclass(frozen=True)
class ScalingMark:
    """One point: where on the axis, its figure (ms) with the ends of its interval."""

    x: float
    value: float
    low: float | None
    high: float | None
    hint: str


@dataclass(frozen=True)
class ScalingLine:
    """The points of one combination, in the order of the axis."""

    words: str
    marks: Sequence[ScalingMark]


def scaling_chart(name: str, title: str, unit: str, lines: Sequence[ScalingLine], caption: str = "") -> Chart:
    """Draw at most `MOST_LINES` lines with at least one mark each; the axis of the figure begins at zero."""
    drawn = lines[:MOST_LINES]
    keys = [Key(f"fill-{place}", line.words) for place, line in enumerate(drawn, 1) if line.words]
    return chart(name, title, lambda width: _draw(drawn, unit, width), caption=caption, keys=keys)


def _draw(lines: Sequence[ScalingLine], unit: str, width: int) -> Drawing:
    marks = [mark for line in lines for mark in line.marks]
    ticks = round_ticks(0, max(mark.high if mark.high is not None else mark.value for mark in marks))
    up = Scale(ticks[0], ticks[-1], _HEIGHT - _BOTTOM, _TOP)
    places = sorted({mark.x for mark in marks})
    pad = (places[-1] - places[0]) * 0.04 or 1.0
    along = Scale(places[0] - pad, places[-1] + pad, _LEFT, width - _RIGHT)
    shapes: list[Shape] = upright_axis(up, [(t, f"{t:,g}") for t in ticks], _LEFT, width - _RIGHT, unit)
    shapes += level_axis(along, [(x, f"{x:g}") for x in places], _TOP, _HEIGHT - _BOTTOM)
    for place, line in enumerate(lines, 1):
        shapes.append(trace([(along(m.x), up(m.value)) for m in line.marks], f"line line-{place}"))
        for mark in line.marks:
            x = along(mark.x)
            if mark.low is not None and mark.high is not None:
                shapes.append(Line(x, up(mark.low), x, up(mark.high), "interval"))
            shapes.append(Dot(x, up(mark.value), 4, f"fill-{place}", mark.hint))
    return Drawing(width, _HEIGHT, shapes)
