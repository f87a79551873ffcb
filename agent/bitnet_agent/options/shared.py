"""The options that several commands have."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from . import values


def add_language(group: argparse._ActionsContainer) -> None:
    """Add `--lang`."""
    group.add_argument("--lang", choices=("en", "zh"), help="English or Chinese (default: by the locale)")


def add_member(group: argparse._ActionsContainer) -> None:
    """Add `--member`: of runs that are measured here; a report in a file may name its own."""
    group.add_argument(
        "--member", metavar="NAME", type=values.member, help="whose machine this is, for example WJ"
    )


def add_note(group: argparse._ActionsContainer) -> None:
    """Add `--note`."""
    group.add_argument("--note", metavar="TEXT", type=values.note, help="a remark to keep with the report")


def add_token(group: argparse._ActionsContainer) -> None:
    """Add `--token-file`; a token itself is no option: everybody on a machine sees its command lines."""
    group.add_argument(
        "--token-file",
        metavar="FILE",
        type=Path,
        help="where this member's token for the collector is (default: the variable BITNET_TOKEN)",
    )
    group.add_argument("--token", nargs="?", action=_NoTokenHere, help=argparse.SUPPRESS)


class _NoTokenHere(argparse.Action):
    """Refuse a token without repeating it; left to argparse, `--token X` would mean `--token-file X`."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        """End with a usage error."""
        parser.error("a token is not given on the command line: put it into BITNET_TOKEN or a --token-file")


def add_patience(group: argparse._ActionsContainer) -> None:
    """Add `--retry-for`."""
    group.add_argument(
        "--retry-for", metavar="TIME", type=values.patience, default=values.DEFAULT_PATIENCE_S,
        help="how long to try a collector that is busy or cannot be reached, 0 for once (default: 2m)",
    )  # fmt: skip


def add_report(parser: argparse.ArgumentParser) -> None:
    """Add REPORT, and `--collector` with its token, for where it is fetched."""
    parser.add_argument(
        "report", metavar="REPORT", help="a report file, or with --collector the id of a run there"
    )
    parser.add_argument("--collector", metavar="URL", help="where a run that is given by id is fetched")
    add_token(parser)
