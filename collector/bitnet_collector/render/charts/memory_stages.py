"""Resident memory over the stages: before and after each, its peak inside, and what it was made of."""

from __future__ import annotations

from collections.abc import Sequence

from bitnet_report import Report, StageProfile

from ...texts import Texts
from ..figures import megabytes
from ..stage_rows import stage_words
from .drawing import Chart, Drawing, Key, Line, Shape, Words, chart, text_px, trace
from .scales import Scale, round_ticks, upright_axis

_HEIGHT, _TOP, _BOTTOM, _LEFT = 240, 26, 26, 58
_LINE, _MOST_LINES = 14, 4


def memory_stages(report: Report, texts: Texts) -> Chart | None:
    """The stages whose memory is known, in their order; None where it is of none."""
    stages = [
        s for s in report.stage_profiles if s.memory_before_mb is not None and s.memory_after_mb is not None
    ]
    if not stages:
        return None
    kinds = any(stage.memory_kinds for stage in stages)
    keys = (
        [Key("area-anonymous", texts("anonymous")), Key("area-file", texts("file_backed"))] if kinds else []
    )
    words = ", ".join(
        texts(
            "memory_stage_alt",
            stage=stage_words(s.name, texts),
            before=megabytes(s.memory_before_mb, grouped=True),
            after=megabytes(s.memory_after_mb, grouped=True),
            peak=megabytes(s.memory_peak_mb, grouped=True),
        )
        for s in stages
    )
    return chart(
        "memory-stages",
        texts("memory_alt", stages=words),
        lambda width: _draw(stages, width, texts),
        caption=texts("memory_chart_caption"),
        keys=[*keys, Key("key-resident", texts("resident")), Key("key-peak", texts("memory_peak"))],
    )


def _draw(stages: Sequence[StageProfile], width: int, texts: Texts) -> Drawing:
    highest = max(max(s.memory_before_mb or 0, s.memory_after_mb or 0, s.memory_peak_mb or 0) for s in stages)
    ticks = round_ticks(0, highest or 1)
    scale = Scale(0, ticks[-1], _HEIGHT - _BOTTOM, _TOP)
    column = (width - _LEFT - 4) / len(stages)
    shapes: list[Shape] = upright_axis(scale, [(t, f"{t:,.0f}") for t in ticks], _LEFT, width, "MB")
    for place, stage in enumerate(stages):
        left = _LEFT + 4 + column * place
        right = left + column - 4
        shapes += _areas(stage, scale, left, right)
        shapes += _resident(stage, scale, left, right)
    names, lines = _names([stage_words(s.name, texts) for s in stages], column, width)
    return Drawing(width, _HEIGHT + _LINE * (lines - 1), [*shapes, *names])


def _areas(stage: StageProfile, scale: Scale, left: float, right: float) -> list[Shape]:
    """Anonymous memory from the bottom, file-backed on top of it; without kinds the whole as one."""
    floor, kinds = scale(0), stage.memory_kinds
    if kinds is None:
        before, after = stage.memory_before_mb or 0, stage.memory_after_mb or 0
        return [_band(left, right, (floor, floor), (scale(before), scale(after)), "area-all")]
    lower = scale(kinds.anonymous_before_mb), scale(kinds.anonymous_after_mb)
    upper = (
        scale(kinds.anonymous_before_mb + kinds.file_before_mb),
        scale(kinds.anonymous_after_mb + kinds.file_after_mb),
    )
    return [
        _band(left, right, (floor, floor), lower, "area-anonymous"),
        _band(left, right, lower, upper, "area-file"),
    ]


def _band(
    left: float, right: float, below: tuple[float, float], above: tuple[float, float], look: str
) -> Shape:
    return trace([(left, below[0]), (left, above[0]), (right, above[1]), (right, below[1])], look)


def _resident(stage: StageProfile, scale: Scale, left: float, right: float) -> list[Shape]:
    before, after = scale(stage.memory_before_mb or 0), scale(stage.memory_after_mb or 0)
    shapes: list[Shape] = [Line(left, before, right, after, "resident")]
    if stage.memory_peak_mb is not None:
        peak, middle = scale(stage.memory_peak_mb), (left + right) / 2
        shapes += [
            Line(middle, peak, middle, max(min(before, after), peak), "peak-stem"),
            Line(left, peak, right, peak, "peak"),
            Words(middle, peak - 5, megabytes(stage.memory_peak_mb, grouped=True), "middle", "strong"),
        ]
    return shapes


def _names(names: Sequence[str], column: float, width: int) -> tuple[list[Shape], int]:
    """The names below their columns, and how many lines they take: as few as keep them apart, up to four."""
    middles = [_LEFT + 2 + column * (place + 0.5) for place in range(len(names))]
    lines = next((n for n in range(1, _MOST_LINES) if _are_apart(names, middles, n, width)), _MOST_LINES)
    shapes: list[Shape] = []
    for place, name in enumerate(names):
        words = _shortened(name, lines * column - 8) if lines == _MOST_LINES else name
        x = _inside(middles[place], words, width)
        shapes.append(Words(x, _HEIGHT - _BOTTOM + 17 + _LINE * (place % lines), words, "middle", "ink"))
    return shapes, lines


def _are_apart(names: Sequence[str], middles: Sequence[float], lines: int, width: int) -> bool:
    """Whether no two names meet when every `lines`-th one shares a line."""
    ends = [0.0] * lines
    for place, (name, middle) in enumerate(zip(names, middles, strict=True)):
        half, x = text_px(name) / 2, _inside(middle, name, width)
        if x - half < ends[place % lines]:
            return False
        ends[place % lines] = x + half + 6
    return True


def _inside(middle: float, words: str, width: int) -> float:
    half = text_px(words) / 2
    return max(half, min(middle, width - half))


def _shortened(name: str, room: float) -> str:
    short = name
    while text_px(short) > room and len(short) > 1:
        short = short[:-1]
    return short if short == name else f"{short[:-1]}…"
