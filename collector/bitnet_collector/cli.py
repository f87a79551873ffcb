"""The command line: from arguments to a verb. What is heavy is imported only by the verb that needs it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from .errors import UsageError
from .verbs import add_verbs


def run(argv: Sequence[str] | None = None) -> int:
    """Do what the arguments say; give back the exit code.

    Raises:
        CollectorError: it cannot be done, with the sentence to show.
        ModuleNotFoundError: the [collector] extra is not installed.
    """
    options = _parser().parse_args(argv)
    verb: Callable[[argparse.Namespace], int] | None = options.run
    if verb is None:
        raise UsageError("no command was given", "bitnet-collector serve starts it; --help tells the rest")
    return verb(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bitnet-collector",
        description="Keep the team's BitNet CPU reports and compare them in one table.",
        epilog="bitnet-collector COMMAND --help tells a command's options.",
        allow_abbrev=False,
    )
    parser.set_defaults(run=None)
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and end")
    add_verbs(parser.add_subparsers(metavar="COMMAND"))
    return parser


class _Version(argparse.Action):
    """Print the version; reading it only now keeps --help quick."""

    def __call__(self, parser: argparse.ArgumentParser, *_rest: Any, **_options: Any) -> None:
        from bitnet_report import __version__

        print(f"bitnet-collector {__version__}")
        parser.exit()
