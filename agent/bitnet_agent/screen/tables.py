"""Tables whose figures are never cut: a number that lost its last digits is another number."""

from __future__ import annotations

from rich.console import Console
from rich.measure import Measurement
from rich.segment import Segments
from rich.table import Table

_WIDEST = 1000  # characters


def needed_width(console: Console, table: Table) -> int:
    """How many characters the table takes with every cell whole."""
    return Measurement.get(console, console.options.update(max_width=_WIDEST), table).maximum


def print_whole(console: Console, table: Table) -> None:
    """Print the table as wide as it must be; a narrower terminal breaks its lines."""
    wide = max(console.width, needed_width(console, table))
    console.print(Segments(console.render(table, console.options.update(max_width=wide))), crop=False)
