"""Bars of one length, each cut into shares: what a whole is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..figures import percent
from .drawing import Drawing, Rect, Shape, Words, text_px

_BAR, _GAP, _HEAD = 26, 22, 18


@dataclass(frozen=True)
class Part:
    """One share of a bar; `amount` is what it comes to, in words."""

    name: str
    look: str
    share: float
    amount: str


@dataclass(frozen=True)
class Bar:
    """One whole, with its amount in words; the shares add up to 1."""

    words: str
    amount: str
    parts: Sequence[Part]


def draw_bars(bars: Sequence[Bar], width: int) -> Drawing:
    """Draw them one below the other; a part that has room for its name carries it."""
    shapes: list[Shape] = []
    y = 0.0
    for bar in bars:
        shapes += [
            Words(0, y + 12, bar.words, "start", "ink"),
            Words(width, y + 12, bar.amount, "end", "strong"),
        ]
        shapes += _parts(bar, y + _HEAD, width)
        y += _HEAD + _BAR + _GAP
    return Drawing(width, round(y - _GAP + 4), shapes)


def _parts(bar: Bar, y: float, width: int) -> list[Shape]:
    shapes: list[Shape] = []
    x = 0.0
    for part in bar.parts:
        size = part.share * width
        hint = f"{part.name}: {part.amount}, {percent(part.share)}"
        shapes.append(Rect(round(x, 2), y, round(max(size - 1, 0.5), 2), _BAR, part.look, hint))
        label = f"{part.name} {percent(part.share)}"
        if text_px(label) + 16 < size:
            shapes.append(Words(round(x + 8, 1), y + 17, label, "start", "inside"))
        x += size
    return shapes
