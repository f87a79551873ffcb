"""Every BitLinear of a model as a grid, a column a layer and a row a projection: the darker, the longer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bitnet_report import OperatorModule, StageOperators

from ...texts import Texts
from ..stage_rows import stage_words
from .drawing import Chart, Drawing, Key, Rect, Shape, Words, chart
from .spans import span_words

_ROW, _LEFT, _BOTTOM = 20, 74, 20
_MOST_LAYERS = 200
_STEPS = 6


@dataclass(frozen=True)
class _Grid:
    layers: Sequence[int]
    projections: Sequence[str]
    cells: Mapping[tuple[int, str], OperatorModule]
    longest_ms: float


def layer_heat(split: StageOperators, texts: Texts) -> Chart | None:
    """The grid of one stage; None for a model without layers, or with more than can be drawn."""
    cells = {
        (module.layer, module.projection): module for module in split.modules if module.layer is not None
    }
    layers = sorted({layer for layer, _ in cells})
    longest = max((module.ms for module in cells.values()), default=0.0)
    if longest <= 0 or len(layers) > _MOST_LAYERS:
        return None
    grid = _Grid(layers, list(dict.fromkeys(projection for _, projection in cells)), cells, longest)
    slowest = max(cells.values(), key=lambda module: module.ms)
    return chart(
        f"layers-{split.stage}",
        texts(
            "layers_alt",
            stage=stage_words(split.stage, texts),
            layers=len(layers),
            module=slowest.name,
            longest=span_words(longest),
        ),
        lambda width: _draw(grid, width, texts),
        caption=texts("layers_caption", stage=stage_words(split.stage, texts)),
        keys=[
            Key(f"heat-{step}", f"≤ {span_words(longest * step / _STEPS)}") for step in range(1, _STEPS + 1)
        ],
    )


def _draw(grid: _Grid, width: int, texts: Texts) -> Drawing:
    column = (width - _LEFT) / len(grid.layers)
    gap = 1 if column > 4 else 0
    shapes: list[Shape] = []
    for row, projection in enumerate(grid.projections):
        y = row * _ROW
        shapes.append(Words(_LEFT - 8, y + 14, projection, "end", "ink"))
        for place, layer in enumerate(grid.layers):
            module = grid.cells.get((layer, projection))
            if module is not None:
                hint = texts("layers_hint", layer=layer, projection=projection, time=span_words(module.ms))
                x = round(_LEFT + place * column, 2)
                look = f"heat-{_step(module.ms, grid.longest_ms)}"
                shapes.append(Rect(x, y, round(column - gap, 2), _ROW - 1, look, hint))
    below = len(grid.projections) * _ROW
    shapes += [
        Words(_LEFT, below + 14, texts("layers_axis", n=grid.layers[0])),
        Words(width, below + 14, texts("layers_axis", n=grid.layers[-1]), "end"),
    ]
    return Drawing(width, below + _BOTTOM, shapes)


def _step(ms: float, longest_ms: float) -> int:
    """1 to 6: which sixth of the longest time it lies in."""
    return max(1, min(_STEPS, -int(-ms * _STEPS // longest_ms)))
