"""From a figure to a pixel, and the round figures that an axis is labelled with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from .drawing import Line, Shape, Words

_FINEST = 1e-9
"""Of whatever unit: a figure or a difference below it is drawn as if it were zero. A report may state any."""


@dataclass(frozen=True)
class Scale:
    """Figures from `low` to `high` on pixels from `start` to `end`; what lies outside is at the edge.

    Where there is nothing between `low` and `high`, every figure is in the middle.
    """

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def __call__(self, value: float) -> float:
        """The pixel of a figure."""
        value = min(max(value, self.low), self.high)
        if self.high <= self.low:
            share = 0.5
        elif self.logarithmic:
            share = log10(value / self.low) / log10(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def round_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """About `most` round figures that cover `low` to `high`: 1, 2 or 5 times a power of ten apart.

    What lies closer together than double precision draws well (a billionth of the figures) is as if equal.
    """
    size = max(abs(low), abs(high))
    span = high - low
    if span <= max(_FINEST, size * _FINEST):
        span = size if size > _FINEST else 1.0
    raw = span / max(most - 1, 1)
    power = 10.0 ** floor(log10(raw))
    step = next((power * part for part in (1, 2, 5) if power * part >= raw * 0.999), power * 10)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(step * number, 12) for number in range(first, max(last, first + 1) + 1)]


def decades(low: float, high: float) -> list[float]:
    """The powers of ten that enclose two positive figures; a billionth is the least."""
    low, high = max(low, _FINEST), max(high, _FINEST)
    first, last = floor(log10(low) + 1e-9), ceil(log10(high) - 1e-9)
    return [10.0**power for power in range(first, max(last, first + 1) + 1)]


def upright_axis(
    scale: Scale, ticks: Sequence[tuple[float, str]], left: float, right: float, unit: str
) -> list[Shape]:
    """Level grid lines, each with its label at the left, and the unit on top of the highest."""
    shapes: list[Shape] = []
    for value, words in ticks:
        y = scale(value)
        shapes += [Line(left, y, right, y, "grid"), Words(left - 8, y + 4, words, "end")]
    return [*shapes, Words(0, scale.end - 12, unit, "start", "unit")]


def level_axis(scale: Scale, ticks: Sequence[tuple[float, str]], top: float, bottom: float) -> list[Shape]:
    """Upright grid lines, each with its label below; labels at the edges stay inside."""
    shapes: list[Shape] = []
    for value, words in ticks:
        x = scale(value)
        shapes += [Line(x, top, x, bottom, "grid"), Words(x, bottom + 16, words, "middle")]
    return shapes
