"""`bitnet-collector reindex`: the columns made anew from the raw reports."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from ..options import add_database_url

if TYPE_CHECKING:
    from . import Commands


def add_parser(commands: Commands) -> None:
    """Describe the verb and its options."""
    parser = commands.add_parser(
        "reindex",
        help="make the columns anew from the raw reports",
        description="Make every run's columns and the latest runs anew from the raw reports, batch by "
        "batch. A report that this version cannot read is named, and its run stays as it is "
        "(exit code 1).",
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    add_database_url(parser)


def run(options: argparse.Namespace) -> int:
    """Make the columns anew; give back 1 if a report could not be read.

    Raises:
        CollectorError: the database cannot be had.
    """
    from ..archive.reindexing import reindex
    from ..settings import read_settings

    done = reindex(read_settings(vars(options), os.environ).database_url)
    for sentence in done.unreadable:
        print(f"bitnet-collector: kept as it is: {sentence}", file=sys.stderr)
    print(f"reindexed {done.runs} runs; {len(done.unreadable)} reports could not be read")
    return 1 if done.unreadable else 0
