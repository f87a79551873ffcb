"""Each stage's time with its interval, on a logarithmic axis: tokenising takes a ten-thousandth of loading.

A mark on a line, not a bar: on a logarithmic axis a bar's length means nothing.
"""

from __future__ import annotations

from bitnet_report import Report, StageProfile

from ...texts import Texts
from ..stage_rows import stage_words
from .drawing import Chart, Dot, Drawing, Line, Shape, Words, chart, text_px
from .scales import Scale, decades, level_axis
from .spans import span_words

_ROW, _TOP, _BOTTOM, _VALUE = 30, 8, 26, 66


def stage_times(report: Report, texts: Texts) -> Chart | None:
    """The stages that took time, in the report's order; None where there is none."""
    stages = [stage for stage in report.stage_profiles if stage.duration_ms > 0]
    if not stages:
        return None
    words = ", ".join(f"{stage_words(s.name, texts)} {span_words(s.duration_ms)}" for s in stages)
    return chart(
        "stage-times",
        texts("stage_times_alt", stages=words),
        lambda width: _draw(stages, width, texts),
        caption=texts("stage_times_caption"),
    )


def _draw(stages: list[StageProfile], width: int, texts: Texts) -> Drawing:
    names = [stage_words(stage.name, texts)[:28] for stage in stages]
    gutter = max(map(text_px, names)) + 14
    above = gutter > width * 0.3  # no room beside the lines: the name stands on top of its line
    row = _ROW + 14 * above
    ends = [end for stage in stages for end in _ends(stage) if end > 0]
    ticks = decades(min(ends), max(ends))
    bottom = _TOP + row * len(stages)
    scale = Scale(ticks[0], ticks[-1], 6 if above else gutter, width - _VALUE, logarithmic=True)
    every = 2 if len(ticks) * 56 > width - scale.start - _VALUE else 1
    labelled = [(tick, span_words(tick) if not place % every else "") for place, tick in enumerate(ticks)]
    shapes: list[Shape] = level_axis(scale, labelled, _TOP, bottom)
    for place, (stage, name) in enumerate(zip(stages, names, strict=True)):
        y = _TOP + row * place + row / 2 + 7 * above
        shapes += _stage(stage, scale, y)
        shapes.append(
            Words(scale.start, y - 9, name, "start", "ink")
            if above
            else Words(gutter - 12, y + 4, name, "end", "ink")
        )
        shapes.append(Words(width, y + 4, span_words(stage.duration_ms), "end", "strong"))
    return Drawing(width, bottom + _BOTTOM, shapes)


def _stage(stage: StageProfile, scale: Scale, y: float) -> list[Shape]:
    at, (low, high) = scale(stage.duration_ms), _ends(stage)
    shapes: list[Shape] = [Line(scale.start, y, at, y, "stem")]
    if high > low:
        shapes += [
            Line(scale(low), y, scale(high), y, "whisker-line"),
            Line(scale(low), y - 5, scale(low), y + 5, "whisker-end"),
            Line(scale(high), y - 5, scale(high), y + 5, "whisker-end"),
        ]
    return [*shapes, Dot(at, y, 4.5, "mark", span_words(stage.duration_ms))]


def _ends(stage: StageProfile) -> tuple[float, float]:
    """The interval where there is one, else the time itself twice."""
    statistics = stage.statistics
    if statistics is None or statistics.low is None or statistics.high is None or statistics.low <= 0:
        return stage.duration_ms, stage.duration_ms
    return statistics.low, statistics.high
