"""The decode steps of a run, one line a repetition."""

from __future__ import annotations

from collections.abc import Sequence

from ...texts import Texts
from ..figures import figure
from .drawing import Chart, Drawing, Shape, Words, chart, trace
from .scales import Scale, round_ticks, upright_axis

_HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 220, 56, 8, 26, 24
_MOST_LINES, _MOST_POINTS = 8, 360


def decode_steps(repetitions: Sequence[Sequence[float]], texts: Texts) -> Chart | None:
    """Draw the steps (ms, one list a repetition) on an axis from zero; None where there is nothing to draw.

    At most 8 repetitions are drawn; long ones are thinned to the slowest step of each stretch, so that no
    spike is lost.
    """
    filled = [steps for steps in repetitions if steps]
    if not filled:
        return None
    low, high = min(map(min, filled)), max(map(max, filled))
    return chart(
        "decode-steps",
        texts("steps_alt", n=len(filled), low=figure(low), high=figure(high)),
        lambda width: _draw(filled, high, width, texts),
    )


def _draw(filled: Sequence[Sequence[float]], high: float, width: int, texts: Texts) -> Drawing:
    ticks = round_ticks(0, high or 1.0)
    longest = max(map(len, filled))
    up = Scale(0, ticks[-1], _HEIGHT - _BOTTOM, _TOP)
    along = Scale(0, max(longest - 1, 1), _LEFT, width - _RIGHT)
    shapes: list[Shape] = upright_axis(up, [(t, f"{t:,g}") for t in ticks], _LEFT, width - _RIGHT, "ms")
    for number, steps in enumerate(filled[:_MOST_LINES], 1):
        shapes.append(trace([(along(x), up(y)) for x, y in _thinned(steps, longest)], f"line line-{number}"))
    shapes += [
        Words(_LEFT, _HEIGHT - 6, texts("steps_axis", n=1)),
        Words(width - _RIGHT, _HEIGHT - 6, texts("steps_axis", n=longest), "end"),
    ]
    return Drawing(width, _HEIGHT, shapes)


def _thinned(steps: Sequence[float], longest: int) -> list[tuple[int, float]]:
    stride = -(-len(steps) // _MOST_POINTS)
    points = [(start, max(steps[start : start + stride])) for start in range(0, len(steps), stride)]
    return points if len(points) > 1 else [*points, (max(longest - 1, 1), points[0][1])]
