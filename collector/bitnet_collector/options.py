"""Options that more than one verb has, worded alike in each."""

from __future__ import annotations

import argparse


def add_access(parser: argparse.ArgumentParser) -> None:
    """Let the parser take what decides who is let in, and how much of the server one client may have."""
    group = parser.add_argument_group("who is let in (docs/security.md)")
    group.add_argument(
        "--read",
        metavar="open|token",
        help="once a token was made: does reading take one too? (default: open)",
    )
    group.add_argument(
        "--open",
        action="store_const",
        const="yes",
        help="while no token was made, let anyone who reaches the collector read and submit",
    )
    group.add_argument(
        "--allowed-hosts", metavar="A,B", help="more names to answer under; *.example.org takes all below it"
    )
    group.add_argument(
        "--trusted-proxies",
        metavar="A,B",
        help="addresses or networks of proxies whose X-Forwarded-For is believed (default: none)",
    )
    group.add_argument(
        "--published",
        metavar="ADDR:PORT",
        help="in a container: where its port is published (docker-compose.yml says it)",
    )
    group.add_argument(
        "--rate-limit",
        metavar="N",
        help="requests a minute for each token and address; 0: any (default: 1200)",
    )
    group.add_argument(
        "--client-timeout",
        metavar="S",
        help="seconds that a slow client may hold the server up (default: 20)",
    )
    group.add_argument("--max-connections", metavar="N", help="open at once in one worker (default: 500)")


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
