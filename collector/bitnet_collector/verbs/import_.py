"""`bitnet-collector import FILE…`: merge the exports of other collectors."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..options import add_database_url

if TYPE_CHECKING:
    from . import Commands


def add_parser(commands: Commands) -> None:
    """Describe the verb and its options."""
    parser = commands.add_parser(
        "import",
        help="merge what export wrote; a report that is here already changes nothing",
        description="Merge exports into the database, on SQLite or PostgreSQL, while the server goes on. "
        "All files are checked before anything is stored. A run that is here with other "
        "content is named and left as it is (exit code 1). Of what admins said of a run, and of deletions, "
        "the newest decision counts: a run that was deleted there is deleted here too, and named.",
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        type=Path,
        help="what bitnet-collector export wrote; - is standard input",
    )
    parser.add_argument(
        "--reports-only",
        action="store_true",
        help="take the reports alone: no notes, baselines, hidden runs or deletions",
    )
    add_database_url(parser)


def run(options: argparse.Namespace) -> int:
    """Merge the files; give back 1 if a report was refused.

    Raises:
        CollectorError: a file is damaged, or the database fails.
    """
    from ..archive.importing import import_files
    from ..settings import read_settings

    url = read_settings(vars(options), os.environ).database_url
    merged = import_files(options.files, url, reports_only=options.reports_only)
    for sentence in merged.refused:
        print(f"bitnet-collector: {sentence}", file=sys.stderr)
    for deletion in merged.removed:
        print(f"bitnet-collector: deleted here too: {deletion}", file=sys.stderr)
    print(
        f"imported {merged.created} reports; {merged.known} were here already, "
        f"{len(merged.refused)} were refused"
    )
    if merged.marked or merged.removed or merged.left_out:
        print(
            f"admins' decisions: {merged.marked} runs marked anew, {len(merged.removed)} deleted, "
            f"{merged.left_out} left out that are deleted here"
        )
    return 1 if merged.refused else 0
