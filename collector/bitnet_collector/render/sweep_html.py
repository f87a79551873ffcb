"""A sweep as a page: how prefill and decode go along each axis, and every point in a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ..sweeps import AXES, NUMERIC_AXES, SweepPoint, SweepTable
from ..texts import Texts
from .charts.drawing import Chart
from .charts.scaling import MOST_LINES, ScalingLine, ScalingMark, scaling_chart
from .figures import figure
from .measured import Measured, measured
from .pages import PageFrame, render_page
from .workload_words import malloc_words, weights_words

_FIGURES = {"decode": "ms/token", "prefill": "ms"}
_SAYS_NOTHING = {("prefill", "decode_tokens")}
"""A prefill does not know how many tokens are decoded after it."""


@dataclass(frozen=True)
class PointView:
    """A row of the table; `cells` has the words of its value along each axis."""

    point: SweepPoint
    prefill: Measured
    decode: Measured
    cells: dict[str, str]


def sweep_html(table: SweepTable, now: datetime, frame: PageFrame) -> str:
    """The whole page."""
    texts = Texts(frame.language)
    return render_page(
        "sweep.html",
        frame,
        table=table,
        now=now,
        weights=weights_words(table.weights, texts),
        axes=table.varied or ["engine"],
        fixed=[
            (axis, _words(axis, table.points[0], texts))
            for axis in AXES
            if axis not in (table.varied or ["engine"])
        ],
        charts=list(_charts(table, texts)),
        rows=[_row(point, texts) for point in table.points],
    )


def _charts(table: SweepTable, texts: Texts) -> Iterator[Chart]:
    for axis in NUMERIC_AXES:
        if axis not in table.varied:
            continue
        for name, unit in _FIGURES.items():
            lines = _lines(table, axis, name, texts) if (name, axis) not in _SAYS_NOTHING else []
            if not lines:
                continue
            left_out = len(lines) - MOST_LINES
            yield scaling_chart(
                f"{name}-{axis.replace('_', '-')}",
                texts("sweep_chart", figure=texts(f"sweep_{name}"), axis=texts(f"axis_{axis}")),
                unit,
                lines,
                caption=texts("sweep_lines_left_out", n=left_out) if left_out > 0 else "",
            )


def _lines(table: SweepTable, axis: str, name: str, texts: Texts) -> list[ScalingLine]:
    """One line for each combination of what else was varied that has the figure at two places or more."""
    others = [other for other in table.varied if other != axis]
    groups: dict[str, list[ScalingMark]] = {}
    for point in table.points:
        mark = _mark(point, axis, name)
        if mark is not None:
            words = texts("separator_comma").join(
                texts(f"axis_{other}_is", value=_words(other, point, texts)) for other in others
            )
            groups.setdefault(words, []).append(mark)
    return [
        ScalingLine(words, sorted(marks, key=lambda mark: mark.x))
        for words, marks in groups.items()
        if len({mark.x for mark in marks}) > 1
    ]


def _mark(point: SweepPoint, axis: str, name: str) -> ScalingMark | None:
    value = point.decode_ms_per_token if name == "decode" else point.prefill_ms
    low, high = (
        (point.decode_low, point.decode_high) if name == "decode" else (point.prefill_low, point.prefill_high)
    )
    place = point.at(axis)
    if not point.valid or value is None or place is None:
        return None
    return ScalingMark(float(place), value, low, high, f"{figure(value, grouped=True)} {_FIGURES[name]}")


def _words(axis: str, point: SweepPoint, texts: Texts) -> str:
    value = point.at(axis)
    if value is None:
        return texts("not_stated")
    return malloc_words(point.malloc, texts) if axis == "malloc" else str(value)


def _row(point: SweepPoint, texts: Texts) -> PointView:
    decode = (point.decode_low, point.decode_high)
    return PointView(
        point=point,
        prefill=measured(point.prefill_ms, (point.prefill_low, point.prefill_high), point.prefill_n, texts),
        decode=measured(point.decode_ms_per_token, decode, point.decode_n, texts, "step_interval_hint"),
        cells={axis: _words(axis, point, texts) for axis in AXES},
    )
