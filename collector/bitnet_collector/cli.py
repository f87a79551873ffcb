"""The command line: `bitnet-collector serve`. What is heavy is imported only by the command that needs it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import Any

from .errors import UsageError


def run(argv: Sequence[str] | None = None) -> int:
    """Do what the arguments say; give back the exit code.

    Raises:
        CollectorError: it cannot be done, with the sentence to show.
        ModuleNotFoundError: the [collector] extra is not installed.
    """
    options = _parser().parse_args(argv)
    if options.command is None:
        raise UsageError("no command was given", "bitnet-collector serve starts it; --help tells the rest")
    from .serve import serve  # brings FastAPI and SQLModel, which --help does not need
    from .settings import read_settings

    return serve(read_settings(vars(options), os.environ))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bitnet-collector",
        description="Keep the team's BitNet CPU reports and compare them in one table.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and end")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    serve = commands.add_parser(
        "serve",
        help="receive reports and show the table",
        description="Receive reports over HTTP and show them at /summary, until Ctrl-C.",
        epilog="Each option is also read from the environment, as BITNET_COLLECTOR_HOST and so on.",
        allow_abbrev=False,
    )
    serve.add_argument("--host", help="address to listen on (default: 127.0.0.1, this machine only)")
    serve.add_argument("--port", help="port to listen on; 0 takes any free one (default: 8000)")
    serve.add_argument(
        "--database-url",
        metavar="URL",
        help="where reports are kept (default: sqlite:///bitnet-collector.db)",
    )
    serve.add_argument(
        "--members", metavar="A,B,C", help="who has a row from the first start (default: WJ,WYC,LCJ)"
    )
    return parser


class _Version(argparse.Action):
    """Print the version; reading it only now keeps --help quick."""

    def __call__(self, parser: argparse.ArgumentParser, *_rest: Any, **_options: Any) -> None:
        from bitnet_report import __version__

        print(f"bitnet-collector {__version__}")
        parser.exit()
