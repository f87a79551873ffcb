"""`bitnet-collector serve`: receive reports and show the table."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from ..options import add_access, add_database_url

if TYPE_CHECKING:
    from . import Commands


def add_parser(commands: Commands) -> None:
    """Describe the verb and its options."""
    parser = commands.add_parser(
        "serve",
        help="receive reports and show the table",
        description="Receive reports over HTTP and show them at /summary, until Ctrl-C.",
        epilog="Each option is also read from the environment, as BITNET_COLLECTOR_HOST and so on.",
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    parser.add_argument("--host", help="address to listen on (default: 127.0.0.1, this machine only)")
    parser.add_argument("--port", help="port to listen on; 0 takes any free one (default: 8000)")
    add_database_url(parser)
    parser.add_argument(
        "--members", metavar="A,B,C", help="who has a row from the first start (default: WJ,WYC,LCJ)"
    )
    parser.add_argument(
        "--log-format", metavar="text|json", help="how log lines are written (default: text, as key=value)"
    )
    parser.add_argument(
        "--shutdown-seconds",
        metavar="N",
        help="how long requests under way may take when the server is told to end (default: 8)",
    )
    parser.add_argument("--workers", metavar="N", help="processes that answer requests (default: 1)")
    parser.add_argument(
        "--pool-size", metavar="N", help="connections to PostgreSQL that each worker keeps (default: 10)"
    )
    add_access(parser)


def run(options: argparse.Namespace) -> int:
    """Answer requests until Ctrl-C or SIGTERM; give back 0.

    Raises:
        CollectorError: the settings cannot be meant, or the address or the database cannot be had.
    """
    from ..serve import serve
    from ..settings import read_settings

    return serve(read_settings(vars(options), os.environ))
