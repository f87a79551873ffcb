"""The decode steps of a run as a line chart, drawn on the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .figures import figure

WIDTH, HEIGHT = 720, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 8, 10, 22
_MOST_LINES, _MOST_POINTS = 8, 360


@dataclass(frozen=True)
class StepChart:
    """Coordinates in a box of WIDTH × HEIGHT: one polyline a repetition, and labelled lines to read it by.

    `low` and `high` are the fastest and slowest step (ms) of all; `steps` is the longest repetition's count.
    """

    lines: list[str]
    grid: list[tuple[float, str]]
    low: float
    high: float
    steps: int
    repetitions: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    bottom: int = HEIGHT - _BOTTOM


def step_chart(repetitions: Sequence[Sequence[float]]) -> StepChart | None:
    """Draw the steps (ms, one list a repetition) on an axis from zero; None where there is nothing to draw.

    At most 8 repetitions are drawn; long ones are thinned to the slowest step of each stretch, so that no
    spike is lost.
    """
    filled = [steps for steps in repetitions if steps]
    if not filled:
        return None
    high = max(map(max, filled))
    longest = max(map(len, filled))
    scale = high or 1.0
    grid = [(_y(0, scale), "0"), *((_y(part, scale), figure(part)) for part in (scale / 2, scale))]
    return StepChart(
        lines=[_polyline(steps, longest, scale) for steps in filled[:_MOST_LINES]],
        grid=grid,
        low=min(map(min, filled)),
        high=high,
        steps=longest,
        repetitions=len(filled),
    )


def _polyline(steps: Sequence[float], longest: int, scale: float) -> str:
    stride = -(-len(steps) // _MOST_POINTS)
    points = [(start, max(steps[start : start + stride])) for start in range(0, len(steps), stride)]
    if len(points) == 1:
        points.append((max(longest - 1, 1), points[0][1]))
    return " ".join(f"{_x(step, longest):.1f},{_y(value, scale):.1f}" for step, value in points)


def _x(step: int, longest: int) -> float:
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * step / max(longest - 1, 1)


def _y(value: float, scale: float) -> float:
    return round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * value / scale, 1)
