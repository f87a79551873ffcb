"""What a chart is made of: shapes in a box of pixels. `look` names their class in `charts.css`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from ..figures import width

WIDE, NARROW = 760, 340
"""Widths (px) of the two drawings; text keeps its size, and the style sheet shows the one that fits."""

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Rect:
    """A box; `hint` is what a pointer that rests on it is told."""

    x: float
    y: float
    width: float
    height: float
    look: str
    hint: str = ""
    kind: ClassVar[str] = "rect"


@dataclass(frozen=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    look: str
    kind: ClassVar[str] = "line"


@dataclass(frozen=True)
class Trace:
    """Connected points, as a line or (where the look fills it) an area."""

    points: str
    look: str
    kind: ClassVar[str] = "trace"


@dataclass(frozen=True)
class Dot:
    """A round mark."""

    x: float
    y: float
    r: float
    look: str
    hint: str = ""
    kind: ClassVar[str] = "dot"


@dataclass(frozen=True)
class Words:
    """Text with its baseline at y."""

    x: float
    y: float
    text: str
    anchor: Anchor = "start"
    look: str = ""
    kind: ClassVar[str] = "words"


Shape = Rect | Line | Trace | Dot | Words


@dataclass(frozen=True)
class Drawing:
    """Shapes in a box of `width` × `height` px, drawn in their order."""

    width: int
    height: int
    shapes: Sequence[Shape]


@dataclass(frozen=True)
class Key:
    """One entry of a chart's key: a colour's class and what it stands for."""

    look: str
    words: str


@dataclass(frozen=True)
class Chart:
    """A chart for both widths; `title` is its text alternative, `keys` explain its colours."""

    name: str
    title: str
    wide: Drawing
    narrow: Drawing
    caption: str = ""
    keys: Sequence[Key] = ()


def chart(
    name: str, title: str, draw: Callable[[int], Drawing], *, caption: str = "", keys: Sequence[Key] = ()
) -> Chart:
    """Draw for both widths."""
    return Chart(name, title, draw(WIDE), draw(NARROW), caption, keys)


def trace(points: Sequence[tuple[float, float]], look: str) -> Trace:
    """A trace through points (px)."""
    return Trace(" ".join(f"{x:.1f},{y:.1f}" for x, y in points), look)


def text_px(text: str) -> float:
    """About how wide a label is (px at 12 px type); wide characters count as two."""
    return 6.4 * width(text)
