"""Where the time goes, as tables: by kind of work after a run, and by projection where it is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bitnet_report import (
    OPERATOR_KINDS,
    REMAINDER,
    STAGES,
    ProjectionSum,
    StageOperators,
    one_decimal,
    operator_words,
    sums_by_projection,
)

from .language import Language, text
from .operator_table_words import word
from .tables import print_whole


def print_operators(console: Console, splits: Sequence[StageOperators], language: Language) -> None:
    """Print each kind's ms and share of one forward, a stage in two columns; nothing without a split."""
    if not splits:
        return
    table = _table(word(language, "title"), word(language, "kind"), splits, language)
    for kind in _kinds(splits):
        table.add_row(
            escape(operator_words(kind, language)),
            *(cell for split in splits for cell in _kind_cells(split, kind)),
        )
    table.add_row(
        operator_words(REMAINDER, language),
        *(cell for split in splits for cell in (_ms(split.remainder_ms), _percent(split.remainder_share))),
    )
    table.add_section()
    table.add_row(
        word(language, "whole"),
        *(cell for split in splits for cell in (_ms(split.instrumented_ms), "100")),
        style="bold",
    )
    table.add_row(word(language, "timed"), *(cell for split in splits for cell in (_ms(split.timed_ms), "")))
    print_whole(console, table)
    off = (f"{_stage(split.stage, language)} {_off(split)}" for split in splits)
    console.print(word(language, "own_pass").format(off=word(language, "separator").join(off)))


def print_projections(console: Console, splits: Sequence[StageOperators], language: Language) -> None:
    """Print each projection's sum over all layers, a stage in four columns; nothing without modules."""
    if not any(split.modules for split in splits):
        return
    table = Table(
        title=word(language, "projections"), title_justify="left", title_style="bold", box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )  # fmt: skip
    table.add_column(word(language, "stage"), no_wrap=True)
    table.add_column(word(language, "projection"), no_wrap=True)
    for heading in ("ms", "%", "GOPS", "GB/s"):
        table.add_column(heading, justify="right", no_wrap=True)
    for split in splits:
        for place, row in enumerate(sums_by_projection(split)):
            table.add_row(
                "" if place else _stage(split.stage, language), escape(row.projection), *_cells(row)
            )
        table.add_section()
    print_whole(console, table)


def _table(title: str, first: str, splits: Sequence[StageOperators], language: Language) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    table.add_column("\n" + first, no_wrap=True)
    for split in splits:
        unit = word(language, "per_token" if split.stage == "decode" else "per_forward")
        table.add_column(f"{_stage(split.stage, language)}\n{unit}", justify="right", no_wrap=True)
        table.add_column("\n%", justify="right", no_wrap=True)
    return table


def _kinds(splits: Sequence[StageOperators]) -> list[str]:
    """The kinds that a stage has, the longest of the last stage first."""
    last = {kind.name: kind.ms for kind in splits[-1].kinds}
    found = dict.fromkeys([*OPERATOR_KINDS, *(kind.name for split in splits for kind in split.kinds)])
    there = [name for name in found if any(split.kind(name) is not None for split in splits)]
    return sorted(there, key=lambda name: -last.get(name, 0.0))


def _kind_cells(split: StageOperators, name: str) -> tuple[str, str]:
    kind = split.kind(name)
    return ("–", "–") if kind is None else (_ms(kind.ms), _percent(kind.share))


def _cells(row: ProjectionSum) -> tuple[str, ...]:
    return _ms(row.ms), _percent(row.share), _rate(row.gops), _rate(row.gb_per_s)


def _stage(name: str, language: Language) -> str:
    return text(language, name) if name in STAGES else escape(name)


def _ms(value: float) -> str:
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}"


def _percent(share: float) -> str:
    return one_decimal(100 * share)


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f}"


def _off(split: StageOperators) -> str:
    return "–" if split.slowdown is None else f"{(split.slowdown - 1) * 100:+.1f} %"
