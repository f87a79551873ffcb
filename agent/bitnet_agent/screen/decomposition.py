"""Where the difference between two runs lies, as a sentence and a table on standard output."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bitnet_report import SMALLEST_EFFECT, STAGES, Decomposition, Part, operator_words, telling_parts

from .comparison_words import word
from .language import Language, text


def print_decomposition(console: Console, found: Decomposition, language: Language, *, certain: bool) -> None:
    """Say by how much B differs and which parts make it; a difference too small to be one is left alone.

    `certain` tells whether any of the stages differs by more than chance.
    """
    if max(found.ratio, 1 / found.ratio) - 1 < SMALLEST_EFFECT:
        return
    shown, rest = telling_parts(found)
    console.print(f"[bold]{word(language, 'where_title')}[/]")
    console.print(_sentence(found, shown, language), soft_wrap=True)
    if not certain:
        console.print(f"[yellow]{word(language, 'where_unsure')}[/]", soft_wrap=True)
    console.print(_table(found, shown, rest, language))


def _sentence(found: Decomposition, shown: list[Part], language: Language) -> str:
    slower = found.ratio > 1
    ratio = found.ratio if slower else 1 / found.ratio
    parts = word(language, "where_separator").join(
        word(language, "where_part", percent=(part.share or 0) * 100, part=_name(part, language))
        for part in shown
    )
    key = "where_slower" if slower else "where_faster"
    return word(language, key, ratio=ratio, ms=abs(found.difference_ms), parts=parts)


def _table(found: Decomposition, shown: list[Part], rest: Part | None, language: Language) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column(word(language, "where_column"), no_wrap=True)
    for heading in ("A (ms)", "B (ms)", "B - A (ms)", word(language, "where_share")):
        table.add_column(heading, justify="right", no_wrap=True)
    for part in shown:
        table.add_row(_name(part, language), *_cells(part))
    if rest is not None:
        table.add_row(word(language, "where_rest"), *_cells(rest))
    table.add_section()
    whole = (f"{found.a_ms:,.1f}", f"{found.b_ms:,.1f}", f"{found.difference_ms:+,.1f}", "100 %")
    table.add_row(word(language, "where_whole"), *whole, style="bold")
    return table


def _cells(part: Part) -> tuple[str, ...]:
    share = "–" if part.share is None else f"{part.share * 100:+.1f} %"
    return f"{part.a_ms:,.1f}", f"{part.b_ms:,.1f}", f"{part.difference_ms:+,.1f}", share


def _name(part: Part, language: Language) -> str:
    stage = text(language, part.stage) if part.stage in STAGES else escape(part.stage)
    if part.kind is None:
        return stage
    return word(language, "where_in", kind=escape(operator_words(part.kind, language)), stage=stage)
