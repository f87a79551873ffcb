"""The BitLinear modules of a stage, summed over all layers: one row a projection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .operators import PROJECTIONS, OperatorModule, StageOperators


@dataclass(frozen=True)
class ProjectionSum:
    """One projection of every layer together, in one forward; `share` is of the whole forward.

    `gops` and `gb_per_s` are null where a layer's operations or bytes are not known.
    """

    projection: str
    layers: int
    ms: float
    share: float
    gops: float | None
    gb_per_s: float | None


def sums_by_projection(split: StageOperators) -> list[ProjectionSum]:
    """Sum each projection's modules, in the order in which a layer runs them; others come last."""
    by_name: dict[str, list[OperatorModule]] = {name: [] for name in PROJECTIONS}
    for module in split.modules:
        by_name.setdefault(module.projection, []).append(module)
    return [_sum(name, modules, split) for name, modules in by_name.items() if modules]


def _sum(name: str, modules: Sequence[OperatorModule], split: StageOperators) -> ProjectionSum:
    ms = sum(module.ms for module in modules)
    return ProjectionSum(
        projection=name,
        layers=len(modules),
        ms=ms,
        share=ms / split.instrumented_ms if split.instrumented_ms else 0.0,
        gops=_rate([module.operations for module in modules], ms),
        gb_per_s=_rate([module.bytes for module in modules], ms),
    )


def _rate(amounts: Sequence[int | None], ms: float) -> float | None:
    """10**9 a second."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) / ms / 1e6 if ms > 0 and len(known) == len(amounts) else None
