"""`bitnet-collector backup FILE`: a checked copy of the database, while the server goes on."""

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
        "backup",
        help="copy the database while the server goes on, and check the copy",
        description="Copy one moment of the database into FILE: reports, columns, notes and tokens. The "
        "server may go on writing. The copy is checked (pages, references, the SHA-256 of "
        "every report) before it gets its name.",
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    parser.add_argument("file", metavar="FILE", type=Path, help="where to write the copy")
    add_force(parser, "write over FILE if it exists")
    add_database_url(parser)


def run(options: argparse.Namespace) -> int:
    """Write the copy and say what is in it.

    Raises:
        CollectorError: it cannot be written, or is not sound.
    """
    from ..archive.backing_up import back_up
    from ..settings import read_settings

    url = read_settings(vars(options), os.environ).database_url
    audit = back_up(url, options.file, force=options.force)
    print(f"{options.file}: {audit.runs} runs, {audit.raw_bytes} bytes of reports, every SHA-256 checked")
    return 0
