"""How often a decode step took how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median, quantiles

from ...texts import Texts
from ..figures import figure
from .drawing import Chart, Drawing, Line, Rect, Shape, Words, chart, text_px
from .scales import Scale, level_axis, round_ticks, upright_axis

_HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 198, 56, 22, 34, 24
_LEAST_STEPS = 10
_FEWEST_BINS, _MOST_BINS = 5, 40
_FAR = 6.0  # interquartile ranges above the upper quartile, from where on all steps share the last bar


@dataclass(frozen=True)
class Bin:
    """Steps from `low` up to `high` (ms), the last bin's end included; `open`: everything above `low`."""

    low: float
    high: float
    count: int
    open: bool = False


def step_bins(steps: Sequence[float]) -> list[Bin]:
    """Bins of equal width by Freedman and Diaconis (1981): 2 × IQR ÷ n^(1/3) each, 5 to 40 of them.

    A few steps far above all others would press the rest into one bar: from the upper quartile + 6 IQR on
    they are counted in one last, open bin. Empty for fewer than 10 steps, which a histogram says little of.
    """
    if len(steps) < _LEAST_STEPS:
        return []
    lower, _, upper = quantiles(steps, n=4, method="inclusive")
    limit = upper + _FAR * (upper - lower)
    inside = [step for step in steps if step <= limit] if upper > lower else list(steps)
    low, high = min(inside), max(inside)
    if high == low:
        bins = [Bin(low, high, len(inside))]
    else:
        ideal = 2 * (upper - lower) / len(steps) ** (1 / 3) or (high - low)
        number = min(_MOST_BINS, max(_FEWEST_BINS, ceil((high - low) / ideal)))
        counts = [0] * number
        for step in inside:
            counts[min(number - 1, int((step - low) / (high - low) * number))] += 1
        edges = [low + (high - low) * place / number for place in range(number + 1)]
        bins = [Bin(edges[place], edges[place + 1], count) for place, count in enumerate(counts)]
    beyond = len(steps) - len(inside)
    return [*bins, Bin(high, max(steps), beyond, open=True)] if beyond else bins


def step_histogram(repetitions: Sequence[Sequence[float]], texts: Texts) -> Chart | None:
    """The steps of all repetitions (ms) together; None where they are too few."""
    steps = [step for repetition in repetitions for step in repetition]
    bins = step_bins(steps)
    if not bins:
        return None
    middle = median(steps)
    return chart(
        "step-histogram",
        texts(
            "histogram_alt",
            n=len(steps),
            median=figure(middle),
            low=figure(min(steps)),
            high=figure(max(steps)),
        ),
        lambda width: _draw(bins, middle, width, texts),
        caption=texts("histogram_caption", n=len(steps)),
    )


def _draw(bins: Sequence[Bin], middle: float, width: int, texts: Texts) -> Drawing:
    closed = [one for one in bins if not one.open]
    right = width - _RIGHT - (44 if len(bins) > len(closed) else 0)
    low, high = closed[0].low, closed[-1].high
    if high == low:
        low, high = low * 0.95, high * 1.05 or 1.0
    ticks = round_ticks(0, max(one.count for one in bins))
    up = Scale(0, ticks[-1], _HEIGHT - _BOTTOM, _TOP)
    along = Scale(low, high, _LEFT, right)
    levels = [(t, f"{t:g}") for t in ticks if t == round(t)]
    last_mark = right - (50 if len(bins) > len(closed) else 0)  # the open bin's label needs room
    marks: list[tuple[float, str]] = []
    for wanted in (6,) if width > 500 else (4, 6, 8):  # one mark alone is no scale
        ticks_along = round_ticks(low, high, wanted)
        marks = [(t, f"{t:,g}") for t in ticks_along if low <= t <= high and along(t) <= last_mark]
        if len(marks) > 1:
            break
    shapes: list[Shape] = upright_axis(up, levels, _LEFT, width - _RIGHT, texts("histogram_unit"))
    shapes += level_axis(along, [(at, f"{words} ms") for at, words in marks], up(0), up(0) + 2)
    for one in closed:
        left, end = (
            (along(one.low), along(one.high))
            if one.high > one.low
            else (along(one.low) - 12, along(one.low) + 12)
        )
        hint = f"{figure(one.low)}–{figure(one.high)} ms: {one.count}"
        shapes.append(
            Rect(left + 0.5, up(one.count), max(end - left - 1, 1), up(0) - up(one.count), "bin", hint)
        )
    for one in bins[len(closed) :]:
        shapes.append(
            Rect(
                right + 12,
                up(one.count),
                24,
                up(0) - up(one.count),
                "bin far",
                f"> {figure(one.low, grouped=True)} ms: {one.count}",
            )
        )
        shapes.append(Words(width - _RIGHT, up(0) + 16, f"> {figure(one.low, grouped=True)}", "end"))
    shapes += _median(
        along(middle), up(0), width, texts("histogram_median", value=figure(middle, grouped=True))
    )
    return Drawing(width, _HEIGHT, shapes)


def _median(x: float, floor: float, width: int, words: str) -> list[Shape]:
    """The median's line, its words above the highest bar and on the side that has room for them."""
    has_room = x + 5 + text_px(words) <= width
    return [
        Line(x, _TOP - 19, x, floor, "median-line"),
        Words(x + 5, _TOP - 11, words, "start", "strong")
        if has_room
        else Words(x - 5, _TOP - 11, words, "end", "strong"),
    ]
