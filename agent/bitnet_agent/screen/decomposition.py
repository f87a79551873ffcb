"""Where the difference between two runs lies, as a sentence and a table on standard output."""

from __future__ import annotations

from collections.abc import Callable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bitnet_report import (
    SMALLEST_EFFECT,
    STAGES,
    Decomposition,
    Part,
    decomposition_sentence,
    decomposition_words,
    part_words,
    telling_parts,
)

from .language import Language, text
from .tables import print_whole


def print_decomposition(console: Console, found: Decomposition, language: Language, *, certain: bool) -> None:
    """Say by how much B differs and which parts make it; a difference too small to be one is left alone.

    `certain` tells whether any of the stages differs by more than chance.
    """
    if max(found.ratio, 1 / found.ratio) - 1 < SMALLEST_EFFECT:
        return
    console.print(f"[bold]{decomposition_words('title', language)}[/]")
    console.print(escape(decomposition_sentence(found, language, _stage(language))), soft_wrap=True)
    if not certain:
        console.print(f"[yellow]{decomposition_words('unsure', language)}[/]", soft_wrap=True)
    print_whole(console, _table(found, language))


def _table(found: Decomposition, language: Language) -> Table:
    shown, rest = telling_parts(found)
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column(decomposition_words("part", language), no_wrap=True)
    for heading in ("A (ms)", "B (ms)", "B - A (ms)", decomposition_words("share", language)):
        table.add_column(heading, justify="right", no_wrap=True)
    for part in shown:
        table.add_row(escape(part_words(part, language, _stage(language))), *_cells(part))
    if rest is not None:
        table.add_row(decomposition_words("rest", language), *_cells(rest))
    table.add_section()
    whole = (f"{found.a_ms:,.1f}", f"{found.b_ms:,.1f}", f"{found.difference_ms:+,.1f}", "100 %")
    table.add_row(decomposition_words("whole", language), *whole, style="bold")
    return table


def _cells(part: Part) -> tuple[str, ...]:
    share = "–" if part.share is None else f"{part.share * 100:+.1f} %"
    return f"{part.a_ms:,.1f}", f"{part.b_ms:,.1f}", f"{part.difference_ms:+,.1f}", share


def _stage(language: Language) -> Callable[[str], str]:
    return lambda stage: text(language, stage) if stage in STAGES else stage
