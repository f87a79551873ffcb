"""`bitnet-collector restore FILE`: put a backup in the database's place."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..options import add_database_url, add_force

if TYPE_CHECKING:
    from . import Commands


def add_parser(commands: Commands) -> None:
    """Describe the verb and its options."""
    parser = commands.add_parser(
        "restore",
        help="put a backup in the database's place",
        description="Make the database what the backup FILE holds. FILE is checked before, the database "
        "after; a collector that has the database open must be ended first.",
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    parser.add_argument("file", metavar="FILE", type=Path, help="what bitnet-collector backup wrote")
    add_force(parser, "replace a database that holds runs or tokens")
    add_database_url(parser)


def run(options: argparse.Namespace) -> int:
    """Put the backup back and say what is in it.

    Raises:
        CollectorError: it is not sound, or the database is in use or not empty.
    """
    from ..archive.restoring import restore
    from ..settings import read_settings

    url = read_settings(vars(options), os.environ).database_url
    audit = restore(options.file, url, force=options.force)
    print(f"restored {audit.runs} runs, {audit.raw_bytes} bytes of reports, every SHA-256 checked")
    return 0
