"""The options of the commands that deal with this machine: doctor, overhead, stand-in."""

from __future__ import annotations

import argparse
from pathlib import Path

from . import values
from .shared import add_language, add_member, add_token
from .work import add_decode_tokens, add_means, add_model, add_pin, add_threads


def stand_in_parser() -> argparse.ArgumentParser:
    """The options of `stand-in`."""
    parser = argparse.ArgumentParser(
        prog="bitnet-agent stand-in",
        description="Write a checkpoint directory with the published architecture and random weights.",
    )
    parser.add_argument(
        "--size", choices=("tiny", "2b4t"), required=True, help="2b4t has the published sizes: 4.8 GB"
    )
    parser.add_argument(
        "--out", metavar="DIR", type=Path, required=True, help="a directory that does not exist or is empty"
    )
    add_language(parser)
    parser.add_argument("--quiet", action="store_true", help="only errors")
    return parser


def doctor_parser() -> argparse.ArgumentParser:
    """The options of `doctor`."""
    parser = argparse.ArgumentParser(
        prog="bitnet-agent doctor",
        description="Look the machine over before a run: what would stop it, or make its figures doubtful.",
        epilog="exit codes: 0 a run now could be graded A or B, 4 it would fail or be graded C",
    )
    parser.add_argument("--collector", metavar="URL", help="see whether it takes this agent's reports")
    add_member(parser)
    add_token(parser)
    add_model(parser)
    add_threads(parser)
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    add_language(parser)
    return parser


def engines_parser() -> argparse.ArgumentParser:
    """The options of `engines`."""
    parser = argparse.ArgumentParser(
        prog="bitnet-agent engines",
        description="List the ways in which the BitLinear layers can be computed, for --engine.",
    )
    parser.add_argument("--json", action="store_true", help="print the list as JSON")
    add_language(parser)
    return parser


def overhead_parser() -> argparse.ArgumentParser:
    """The options of `overhead`."""
    parser = argparse.ArgumentParser(
        prog="bitnet-agent overhead",
        description="Run the measured decode loop and a bare one in turn; print the ratio of their times.",
    )
    add_model(parser)
    add_means(parser)
    parser.add_argument(
        "--pairs",
        metavar="N",
        type=values.positive,
        default=10,
        help="how often both run (default: %(default)s)",
    )
    add_decode_tokens(parser)
    add_threads(parser)
    add_pin(parser)
    add_language(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress, only the result")
    parser.add_argument("--json", action="store_true", help="print every pair's ratio as JSON")
    return parser
