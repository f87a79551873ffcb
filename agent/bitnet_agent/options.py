"""The options of every verb, checked as far as that can be done without looking at the machine."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

from bitnet_report import MEMBER_RULE, __version__, is_member_name, is_storable

from .plan import (
    DEFAULT_DECODE_TOKENS,
    DEFAULT_PROMPT_TOKENS,
    DEFAULT_REFERENCE_MHZ,
    DEFAULT_REPETITIONS,
    DTYPES,
    PUBLISHED_MODEL,
)

DEFAULT_OUTPUT = Path("docs") / "inference_profile_report.json"
"""Where the brief puts the report."""

Options = argparse.Namespace
"""The options of one call; `verb` is `profile`, `push`, `stand-in`, `compare` or `doctor`."""

_VERBS = ("push", "stand-in", "compare", "doctor")

_EPILOG = """\
other commands:
  bitnet-agent push FILE... --collector URL --member NAME   send reports that are on disk
  bitnet-agent stand-in --size tiny|2b4t --out DIR        write a checkpoint with random weights
  bitnet-agent compare A B [--collector URL]              hold run B against run A, stage by stage
  bitnet-agent doctor [--collector URL --member NAME]     look the machine over before a run
each answers --help

exit codes: 0 done, 2 usage, 3 model, 4 environment, 5 delivery, 130 interrupted"""


def parse(arguments: Sequence[str]) -> Options:
    """Parse a command line; without the name of another command it is a run to profile."""
    if arguments and arguments[0] in _VERBS:
        parsers = {
            "push": _push_parser,
            "stand-in": _stand_in_parser,
            "compare": _compare_parser,
            "doctor": _doctor_parser,
        }
        return parsers[arguments[0]]().parse_args(arguments[1:], argparse.Namespace(verb=arguments[0]))
    return _profile_parser().parse_args(arguments, argparse.Namespace(verb="profile"))


def _profile_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bitnet-agent",
        description="Profile BitNet inference on this CPU, stage by stage, and report to a collector.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"bitnet-agent {__version__}")
    to = parser.add_argument_group("whose run, and where it goes")
    to.add_argument(
        "--collector", metavar="URL", help="submit the report there, for example http://127.0.0.1:8000"
    )
    to.add_argument("--member", metavar="NAME", type=_member, help="whose machine this is, for example WJ")
    to.add_argument("--note", metavar="TEXT", type=_note, help="a remark to keep with the run")
    to.add_argument(
        "--output",
        metavar="FILE",
        type=Path,
        default=DEFAULT_OUTPUT,
        help="the report (default: %(default)s)",
    )
    work = parser.add_argument_group("the work")
    work.add_argument(
        "--model", metavar="MODEL", default=PUBLISHED_MODEL,
        help="a hub id, a directory, stand-in:tiny or stand-in:2b4t (default: %(default)s)",
    )  # fmt: skip
    work.add_argument("--revision", metavar="REV", help="the hub's branch, tag or commit")
    text = work.add_mutually_exclusive_group()
    text.add_argument(
        "--prompt",
        metavar="TEXT",
        type=_text,
        help="the prompt itself (default: a fixed text, English and Chinese)",
    )
    text.add_argument("--prompt-file", metavar="FILE", type=Path, help="read the prompt from a UTF-8 file")
    work.add_argument(
        "--prompt-tokens", metavar="N", type=_positive,
        help=f"cut the prompt to N tokens (default: {DEFAULT_PROMPT_TOKENS}, or a given text whole)",
    )  # fmt: skip
    work.add_argument(
        "--decode-tokens", metavar="N", type=_positive, default=DEFAULT_DECODE_TOKENS,
        help="single-token forwards (default: %(default)s)",
    )  # fmt: skip
    work.add_argument(
        "--repetitions", metavar="N", type=_positive, default=DEFAULT_REPETITIONS,
        help="measured repetitions, after the warm-up (default: %(default)s)",
    )  # fmt: skip
    work.add_argument(
        "--threads", metavar="N", type=_positive, help="threads to compute on (default: physical cores)"
    )
    work.add_argument(
        "--dtype", choices=DTYPES, default=DTYPES[0], help="the type to compute in (default: %(default)s)"
    )
    effort = parser.add_argument_group("how much is measured")
    how = effort.add_mutually_exclusive_group()
    how.add_argument(
        "--quick", action="store_true", help="two repetitions of warm-up, one measured: a first look"
    )
    how.add_argument("--rigorous", action="store_true", help="several fresh processes: honest intervals")
    effort.add_argument(
        "--budget", metavar="TIME", type=_duration,
        help="fit repetitions (and, if need be, decode tokens) into this time, for example 10m, 90s, 1h",
    )  # fmt: skip
    effort.add_argument("--pin", action="store_true", help="keep to one logical CPU a core, fast cores first")
    effort.add_argument(
        "--include-host", action="store_true", help="put this machine's host and user name into the report"
    )
    clock = parser.add_argument_group("normalisation to a reference clock")
    clock.add_argument(
        "--reference-mhz", metavar="MHZ", type=_mhz, default=DEFAULT_REFERENCE_MHZ,
        help="the reference (default: %(default)g)",
    )  # fmt: skip
    clock.add_argument(
        "--clock-mhz", metavar="MHZ", type=_mhz, help="state this CPU's clock instead of measuring it"
    )
    shown = parser.add_argument_group("what is shown (on standard error)")
    _add_language(shown)
    shown.add_argument("--quiet", action="store_true", help="no progress and no table, only errors")
    shown.add_argument("--json", action="store_true", help="print the report on standard output")
    return parser


def _push_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bitnet-agent push",
        description="Send reports that are on disk, those of the brief's original script included.",
    )
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument(
        "--collector", metavar="URL", required=True, help="where to, for example http://127.0.0.1:8000"
    )
    parser.add_argument(
        "--member", metavar="NAME", type=_member, help="whose they are, where a file does not say so"
    )
    parser.add_argument(
        "--decode-tokens", metavar="N", type=_positive,
        help="how many tokens the original script decoded; without it there is no ms/token",
    )  # fmt: skip
    _add_language(parser)
    parser.add_argument("--quiet", action="store_true", help="only errors")
    return parser


def _stand_in_parser() -> argparse.ArgumentParser:
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
    _add_language(parser)
    parser.add_argument("--quiet", action="store_true", help="only errors")
    return parser


def _compare_parser() -> argparse.ArgumentParser:
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
    parser.add_argument("--json", action="store_true", help="print the comparison as JSON")
    _add_language(parser)
    return parser


def _doctor_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bitnet-agent doctor",
        description="Look the machine over before a run: what would stop it, or make its figures doubtful.",
        epilog="exit codes: 0 a run now could be graded A or B, 4 it would fail or be graded C",
    )
    parser.add_argument("--collector", metavar="URL", help="see whether it takes this agent's reports")
    parser.add_argument("--member", metavar="NAME", type=_member, help="whose machine this is")
    parser.add_argument(
        "--model", metavar="MODEL", default=PUBLISHED_MODEL,
        help="a hub id, a directory, stand-in:tiny or stand-in:2b4t (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--revision", metavar="REV", help="the hub's branch, tag or commit")
    parser.add_argument("--dtype", choices=DTYPES, default=DTYPES[0], help="the type to compute in")
    parser.add_argument("--threads", metavar="N", type=_positive, help="threads to compute on")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    _add_language(parser)
    return parser


def _add_language(group: argparse._ActionsContainer) -> None:
    group.add_argument("--lang", choices=("en", "zh"), help="English or Chinese (default: by the locale)")


def _member(text: str) -> str:
    if not is_member_name(text):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be a member: {MEMBER_RULE}")
    return text


def _text(argument: str) -> str:
    """Under a locale such as C, Python hands on as surrogates what it cannot decode: UTF-8 all the same."""
    try:
        return argument.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return argument


def _note(argument: str) -> str:
    text = _text(argument)
    if len(text) > 4000:
        raise argparse.ArgumentTypeError(f"the note has {len(text)} characters; at most 4000 are kept")
    if not is_storable(text):
        raise argparse.ArgumentTypeError("the note holds a control character or is not UTF-8")
    return text


def _positive(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if not 1 <= number <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 1000000")
    return number


def _duration(text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", text.strip().lower())
    seconds = float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]] if found else 0.0
    if not 10 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is no time from 10s to 24h, for example 10m")
    return seconds


def _mhz(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 100 <= number <= 20_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no clock in MHz (100 to 20000, for example 3000)")
    return number
