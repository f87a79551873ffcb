"""The order of a sweep: in turns, each turn shuffled.

A machine that warms up or gets busy would favour the points that come first; taken in turns, every point
meets every state of it, and a shuffled turn keeps a point from always following the same one.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from .grid import Point


@dataclass(frozen=True)
class Turn:
    """One run of one point; rounds count from 1."""

    round: int
    point: Point


def turns(points: Sequence[Point], rounds: int, seed: int) -> list[Turn]:
    """Every point once a round; the same seed gives the same order on every machine."""
    ordered = []
    for number in range(1, rounds + 1):
        shuffled = sorted(points, key=lambda point: point.key)
        random.Random(f"{seed}/{number}").shuffle(shuffled)  # noqa: S311 - repeatable is what is wanted
        ordered += [Turn(number, point) for point in shuffled]
    return ordered
