"""A comparison as tables on standard output, for a terminal or a file."""

from __future__ import annotations

import re
import sys

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bitnet_report import (
    SMALLEST_EFFECT,
    STAGES,
    ComparedRun,
    Comparison,
    Difference,
    MemoryComparison,
    TimeComparison,
    comparison_hint,
    comparison_verdict,
)

from .comparison_words import word
from .decomposition import print_decomposition
from .language import Language, text
from .tables import print_whole

_STYLES = {"faster": "green", "slower": "red", "not-comparable": "yellow"}
_NARROWEST = 100  # columns that the table needs; a pipe or a file has no width of its own


def print_comparison(comparison: Comparison, language: Language) -> None:
    """Print who is compared, what keeps them apart, the times, the memory, and what else differs."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _NARROWEST)
    for letter, run in (("A", comparison.a), ("B", comparison.b)):
        console.print(f"[bold]{letter}[/]  {escape(_run(run, language))}", soft_wrap=True)
    for obstacle in comparison.obstacles:
        console.print(f"[yellow]{word(language, f'obstacle_{obstacle}')}[/]")
    if comparison.work and not comparison.obstacles:
        console.print(word(language, "other_means"))
    _print_differences(console, comparison.work, language)
    print_whole(console, _times(comparison, language))
    memory = [row for row in comparison.memory if row.a_mb is not None or row.b_mb is not None]
    if memory:
        print_whole(console, _memory(memory, language))
    if comparison.decomposition is not None:
        print_decomposition(console, comparison.decomposition, language, certain=comparison.inference_differs)
    verdicts = {row.verdict for row in comparison.times}
    if "indistinguishable" in verdicts:
        percent = round(SMALLEST_EFFECT * 100)
        console.print(comparison_hint("indistinguishable", language, percent=percent))
    if "one-sample" in verdicts:
        console.print(comparison_hint("one-sample", language))
    if comparison.thinned_to is not None:
        console.print(comparison_hint("thinned", language, most=comparison.thinned_to))
    if comparison.notes:
        console.print(word(language, "notes"))
        _print_differences(console, comparison.notes, language)


def _run(run: ComparedRun, language: Language) -> str:
    grade = word(language, "grade", grade=run.grade) if run.grade else None
    clock = f"{run.clock_mhz / 1000:.2f} GHz" if run.clock_mhz else None
    parts = (run.member, run.measured_at[:16], run.model, run.cpu, clock, grade, run.run_id)
    return "  ".join(_line(part) for part in parts if part)


def _times(comparison: Comparison, language: Language) -> Table:
    table = _table(word(language, "title"), language)
    for heading in (
        "A (ms)",
        "B (ms)",
        "n",
        *(word(language, k) for k in ("ratio", "interval", "equal_clock")),
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column(word(language, "verdict"))
    for row in comparison.times:
        if row.a_n or row.b_n:
            table.add_row(*_time_cells(row, language))
    return table


def _time_cells(row: TimeComparison, language: Language) -> list[str]:
    style = _STYLES.get(row.verdict, "default")
    verdict = f"[{style}]{comparison_verdict(row.verdict, language)}[/]"
    if row.reason in ("missing", "no-time", "compile-cache"):
        verdict += f" ({word(language, f'reason_{row.reason}')})"
    return [
        _name(row.name, language),
        _ms(row.a_ms),
        _ms(row.b_ms),
        f"{row.a_n}, {row.b_n}" if row.a_n != row.b_n else str(row.a_n),
        _ratio(row.ratio),
        "–" if row.low is None else f"{_ratio(row.low)} – {_ratio(row.high)}",
        _ratio(row.ratio_equal_clock),
        verdict,
    ]


def _memory(rows: list[MemoryComparison], language: Language) -> Table:
    table = _table(word(language, "memory"), language)
    for heading in ("A", "B", word(language, "difference")):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        difference = "–" if row.difference_mb is None else f"{row.difference_mb:+,.0f}"
        table.add_row(_name(row.name, language), _mb(row.a_mb), _mb(row.b_mb), difference)
    return table


def _table(title: str, language: Language) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    table.add_column(word(language, "stage"), no_wrap=True)
    return table


def _print_differences(console: Console, differences: list[Difference], language: Language) -> None:
    for difference in differences:
        values = (_value(value, language) for value in (difference.a, difference.b))
        line = f"  {_line(difference.field)}: {' → '.join(values)}"
        console.print(line, markup=False, soft_wrap=True)


def _value(value: object, language: Language) -> str:
    if value is None:
        return word(language, "not_stated")
    shown = f"{value:.6g}" if isinstance(value, float) else _line(str(value))
    return shown[:12] if re.fullmatch("[0-9a-f]{64}", shown) else shown


def _name(name: str, language: Language) -> str:
    if name in STAGES:
        return text(language, name)
    return word(language, name) if name in ("decode_step", "first_call") else escape(_line(name))


def _line(foreign: str) -> str:
    """Foreign text on one line, without what a terminal would obey."""
    return " ".join("".join(c if c.isprintable() else " " for c in foreign).split())


def _ms(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.{0 if value >= 1000 else 1 if value >= 100 else 2 if value >= 1 else 4}f}"


def _mb(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}" if value < 100 else f"{value:,.0f}"
