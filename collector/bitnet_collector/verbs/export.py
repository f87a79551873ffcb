"""`bitnet-collector export [FILE]`: every report, and what admins decided, as NDJSON."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..options import add_database_url, add_force

if TYPE_CHECKING:
    from . import Commands


def add_parser(commands: Commands) -> None:
    """Describe the verb and its options."""
    parser = commands.add_parser(
        "export",
        help="write every report as NDJSON, for another collector or for your own tools",
        description="Write every report on a line of JSON: its exact text, its SHA-256, when it came in, "
        "and what admins said of it (note, baseline, hidden); and a line for every run that they deleted. "
        "Works on SQLite and PostgreSQL, while the server goes on. Tokens are not in it.",
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        default="-",
        help="where to write; packed if it ends in .gz; - is standard output (the default)",
    )
    add_force(parser, "write over FILE if it exists")
    add_database_url(parser)


def run(options: argparse.Namespace) -> int:
    """Write the reports and say how many there were.

    Raises:
        CollectorError: the store cannot be read, or FILE cannot be written.
    """
    from ..archive.exporting import export
    from ..settings import read_settings

    url = read_settings(vars(options), os.environ).database_url
    target = None if options.file == "-" else Path(options.file)
    exported = export(url, target, force=options.force)
    print(f"exported {exported.reports} reports and {exported.deletions} deletions", file=sys.stderr)
    return 0
