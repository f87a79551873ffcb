"""Options that more than one verb has, worded alike in each."""

from __future__ import annotations

import argparse


def add_database_url(parser: argparse.ArgumentParser) -> None:
    """Let the parser take `--database-url`; `read_settings` settles it with the environment."""
    parser.add_argument(
        "--database-url",
        metavar="URL",
        help="where reports are kept: a SQLite file, or postgresql+psycopg://user@host/database; one with "
        "a password is safer in the environment, as DATABASE_URL (default: sqlite:///bitnet-collector.db)",
    )


def add_force(parser: argparse.ArgumentParser, meaning: str) -> None:
    """Let the parser take `--force`, which replaces what would else be kept."""
    parser.add_argument("--force", action="store_true", help=meaning)
