"""Where the time goes: forwards taken apart by kind of work and by layer, from a pass of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bitnet_report import (
    OPERATOR_KINDS,
    REMAINDER,
    SUM_TOLERANCE,
    ProjectionSum,
    StageOperators,
    operator_words,
    sums_by_projection,
)

from ...texts import Texts
from ..charts.drawing import Chart
from ..charts.layer_heat import layer_heat
from ..charts.operator_shares import operator_shares
from ..figures import percent, signed_percent
from ..sections import Section
from ..stage_rows import stage_words
from .shown import ShownRun


@dataclass(frozen=True)
class Cell:
    """One kind's part of one stage: ms of a forward and its share, in words."""

    ms: float | None
    share: str


@dataclass(frozen=True)
class KindRow:
    """One kind of work in every stage."""

    name: str
    cells: list[Cell]


@dataclass(frozen=True)
class StageFoot:
    """One stage: its unit, what the pass took, what was timed, and how far they differ."""

    name: str
    unit: str
    instrumented_ms: float
    timed_ms: float
    off: str
    forwards: int


@dataclass(frozen=True)
class ProjectionRow:
    """One projection of all layers together, in one stage."""

    stage: str
    sum: ProjectionSum
    share: str


@dataclass(frozen=True)
class OperatorsView:
    """The bars, the kinds with what they add up to, the layers and their sums."""

    shares: Chart | None
    kinds: list[KindRow]
    stages: list[StageFoot]
    layers: Chart | None
    projections: list[ProjectionRow]
    tolerance: int = round(SUM_TOLERANCE * 100)


def section(shown: ShownRun, texts: Texts) -> Section | None:
    """Only where the run was taken apart."""
    splits = shown.report.operators
    if not splits:
        return None
    view = OperatorsView(
        shares=operator_shares(splits, texts),
        kinds=[*_kinds(splits, texts), _remainder(splits, texts)],
        stages=[_foot(split, texts) for split in splits],
        layers=layer_heat(splits[-1], texts),
        projections=[
            ProjectionRow(stage_words(split.stage, texts), row, percent(row.share))
            for split in splits
            for row in sums_by_projection(split)
        ],
    )
    return Section("operators", texts("operators_title"), view)


def _kinds(splits: Sequence[StageOperators], texts: Texts) -> list[KindRow]:
    """The kinds that any stage has, the longest of the last stage first."""
    known = dict.fromkeys([*OPERATOR_KINDS, *(kind.name for split in splits for kind in split.kinds)])
    found = [name for name in known if any(split.kind(name) for split in splits)]
    found.sort(key=lambda name: -(kind.ms if (kind := splits[-1].kind(name)) else 0.0))
    return [
        KindRow(operator_words(name, texts.language), [_cell(split, name) for split in splits])
        for name in found
    ]


def _cell(split: StageOperators, name: str) -> Cell:
    kind = split.kind(name)
    return Cell(None, "—") if kind is None else Cell(kind.ms, percent(kind.share))


def _remainder(splits: Sequence[StageOperators], texts: Texts) -> KindRow:
    cells = [Cell(split.remainder_ms, f"{split.remainder_share * 100:.1f} %") for split in splits]
    return KindRow(operator_words(REMAINDER, texts.language), cells)


def _foot(split: StageOperators, texts: Texts) -> StageFoot:
    return StageFoot(
        name=stage_words(split.stage, texts),
        unit="ms/token" if split.stage == "decode" else "ms",
        instrumented_ms=split.instrumented_ms,
        timed_ms=split.timed_ms,
        off="—" if split.slowdown is None else signed_percent((split.slowdown - 1) * 100),
        forwards=split.forwards,
    )
