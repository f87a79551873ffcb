"""The options of the commands that deal with reports and collectors: push, verify, compare."""

from __future__ import annotations

import argparse
from pathlib import Path

from . import values
from .shared import add_language, add_patience, add_report, add_token


def push_parser() -> argparse.ArgumentParser:
    """The options of `push`."""
    parser = argparse.ArgumentParser(
        prog="bitnet-agent push",
        description="Send reports that are on disk, those of the brief's original script included; "
        "with --all, everything that is still in the spool.",
        epilog="exit codes: 0 all are delivered, 2 a report cannot be read, 4 the spool cannot be used, "
        "5 a report was not taken; what was not taken stays in the spool",
    )
    _add_files(parser, "everything in the spool: what waits, and what was refused for the token's sake")
    parser.add_argument(
        "--collector", metavar="URL",
        help="where to, for example http://127.0.0.1:8000 (with --all the default is where each was to go)",
    )  # fmt: skip
    _add_whose(parser)
    add_token(parser)
    add_patience(parser)
    add_language(parser)
    parser.add_argument("--quiet", action="store_true", help="only errors")
    return parser


def verify_parser() -> argparse.ArgumentParser:
    """The options of `verify`."""
    parser = argparse.ArgumentParser(
        prog="bitnet-agent verify",
        description="Ask the collector whether it holds these reports, byte for byte (by their SHA-256).",
        epilog="exit codes: 0 all are stored, 2 a report cannot be read, "
        "5 one is missing or different, or the collector cannot be asked",
    )
    _add_files(parser, "every report that was delivered from here, and what waits in the spool")
    parser.add_argument(
        "--collector", metavar="URL",
        help="which one to ask (with --all the default is the one that took the report)",
    )  # fmt: skip
    _add_whose(parser)
    add_token(parser)
    add_patience(parser)
    parser.add_argument("--json", action="store_true", help="print the answers as JSON")
    add_language(parser)
    return parser


def check_files(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """See that `push` or `verify` was given what belongs together; ends with a usage error if not."""
    if not options.files and not options.all:
        parser.error("the following arguments are required: FILE, or --all")
    if options.files and options.all:
        parser.error("FILE and --all cannot be given together")
    if options.files and options.collector is None:
        parser.error("the following arguments are required: --collector")
    if options.all and (options.member is not None or options.decode_tokens is not None):
        parser.error("--member and --decode-tokens belong to a FILE; the spool knows both")


def _add_files(parser: argparse.ArgumentParser, all_of_them: str) -> None:
    parser.add_argument("files", metavar="FILE", nargs="*", type=Path)
    parser.add_argument("--all", action="store_true", help=all_of_them)


def _add_whose(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--member", metavar="NAME", type=values.member, help="whose they are, where a file does not say so"
    )
    parser.add_argument(
        "--decode-tokens", metavar="N", type=values.positive,
        help="how many tokens the original script decoded; without it there is no ms/token",
    )  # fmt: skip


def operators_parser() -> argparse.ArgumentParser:
    """The options of `operators`."""
    parser = argparse.ArgumentParser(
        prog="bitnet-agent operators",
        description="Show where the time of a run went, by kind of work and by BitLinear layer.",
        epilog="The tables go to standard output, or with --csv or --json every figure of every layer.",
    )
    add_report(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="print the kinds and every layer as CSV")
    form.add_argument("--json", action="store_true", help="print them as JSON")
    add_language(parser)
    return parser


def roofline_parser() -> argparse.ArgumentParser:
    """The options of `roofline`."""
    parser = argparse.ArgumentParser(
        prog="bitnet-agent roofline",
        description="Show how near a run came to what the machine can do, in words and as a picture.",
    )
    add_report(parser)
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help="draw the roofline into this file, .svg or .png"
    )
    add_language(parser)
    return parser


def compare_parser() -> argparse.ArgumentParser:
    """The options of `compare`."""
    parser = argparse.ArgumentParser(
        prog="bitnet-agent compare",
        description="Hold run B against run A, stage by stage: the ratio of the times and how sure it is.",
        epilog="The comparison goes to standard output, as a table or with --json as JSON.\n\n"
        "exit codes: 0 compared (also where it says that the two are not comparable),\n"
        "2 a report cannot be read, 5 the collector cannot be reached",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("a", metavar="A", help="a report file, or with --collector the id of a run there")
    parser.add_argument("b", metavar="B", help="the run that is held against it, given likewise")
    parser.add_argument("--collector", metavar="URL", help="where runs that are given by id are fetched")
    add_token(parser)
    parser.add_argument("--json", action="store_true", help="print the comparison as JSON")
    add_language(parser)
    return parser
