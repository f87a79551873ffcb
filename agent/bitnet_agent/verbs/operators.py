"""`bitnet-agent operators`: where the time of a run went, as tables, CSV or JSON."""

from __future__ import annotations

import json
import sys

from rich.console import Console

from bitnet_report import operators_csv

from ..asking import collector_asked
from ..delivery.named_report import read_named_report
from ..errors import UsageError
from ..options import Options
from ..screen.language import choose_language
from ..screen.operators import print_operators, print_projections

_NARROWEST = 100  # columns that the tables need; a pipe or a file has no width of its own


def run(options: Options) -> int:
    """Print a run's operator split; it is the result, so it goes to standard output.

    Raises:
        UsageError: the report cannot be read, or has no split.
    """
    language = choose_language(options.lang)
    collector, token = collector_asked(options, language)
    splits = read_named_report(options.report, collector, token).operators
    if not splits:
        raise UsageError(
            f"{options.report} holds no split by kinds of work", "measure with bitnet-agent --operators"
        )
    if options.csv:
        _write(operators_csv(splits))
    elif options.json:
        _write(json.dumps([split.model_dump(mode="json") for split in splits], indent=2) + "\n")
    else:
        console = Console(highlight=False, width=None if sys.stdout.isatty() else _NARROWEST)
        print_operators(console, splits, language)
        print_projections(console, splits, language)
    return 0


def _write(content: str) -> None:
    """Bytes as they are: Windows would turn the line ends of CSV into three characters."""
    sys.stdout.buffer.write(content.encode())
    sys.stdout.buffer.flush()
