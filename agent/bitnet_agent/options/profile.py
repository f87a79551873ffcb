"""The options of a run to profile."""

from __future__ import annotations

import argparse
from pathlib import Path

from bitnet_report import __version__

from ..plan import DEFAULT_PROMPT_TOKENS, DEFAULT_REPETITIONS
from . import values
from .shared import add_language, add_member, add_note, add_patience, add_token
from .work import add_clock, add_decode_tokens, add_means, add_model, add_pin, add_threads

DEFAULT_OUTPUT = Path("docs") / "inference_profile_report.json"
"""Where the brief puts the report."""

_EPILOG = """\
other commands:
  bitnet-agent push FILE... --collector URL --member NAME   send reports that are on disk
  bitnet-agent push --all                                   send what could not be delivered so far
  bitnet-agent verify FILE...|--all --collector URL         ask whether the collector holds them all
  bitnet-agent stand-in --size tiny|2b4t --out DIR          write a checkpoint with random weights
  bitnet-agent compare A B [--collector URL]                hold run B against run A, stage by stage
  bitnet-agent operators REPORT [--csv]                     show where the time of a run went
  bitnet-agent roofline REPORT [--out FILE.svg|.png]        show how near the limits a run came
  bitnet-agent sweep --threads 1,2 --engine A,B ...           measure at every point of a grid
  bitnet-agent doctor [--collector URL --member NAME]       look the machine over before a run
  bitnet-agent engines                                      the ways in which a model can be computed
  bitnet-agent overhead                                     what the instruments themselves cost
each answers --help

a collector that asks for a token: put this member's into BITNET_TOKEN, or into a file given with --token-file
reports on their way are kept in BITNET_AGENT_STATE (default: where the system keeps programs' state)

exit codes: 0 done, 2 usage, 3 model, 4 environment, 5 delivery, 130 interrupted"""


def profile_parser() -> argparse.ArgumentParser:
    """The options of a run."""
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
    add_member(to)
    add_token(to)
    add_patience(to)
    add_note(to)
    to.add_argument(
        "--output",
        metavar="FILE",
        type=Path,
        default=DEFAULT_OUTPUT,
        help="the report (default: %(default)s)",
    )
    work = parser.add_argument_group("the work")
    add_model(work)
    text = work.add_mutually_exclusive_group()
    text.add_argument(
        "--prompt",
        metavar="TEXT",
        type=values.decoded,
        help="the prompt itself (default: a fixed text, English and Chinese)",
    )
    text.add_argument("--prompt-file", metavar="FILE", type=Path, help="read the prompt from a UTF-8 file")
    work.add_argument(
        "--prompt-tokens", metavar="N", type=values.positive,
        help=f"cut the prompt to N tokens (default: {DEFAULT_PROMPT_TOKENS}, or a given text whole)",
    )  # fmt: skip
    work.add_argument(
        "--context-depth", metavar="N", type=values.count, default=0,
        help="tokens that are in the KV cache before the prompt, untimed (default: %(default)s)",
    )  # fmt: skip
    add_decode_tokens(work)
    work.add_argument(
        "--repetitions", metavar="N", type=values.positive, default=DEFAULT_REPETITIONS,
        help="measured repetitions, after the warm-up (default: %(default)s)",
    )  # fmt: skip
    add_threads(work)
    add_means(work)
    effort = parser.add_argument_group("how much is measured")
    how = effort.add_mutually_exclusive_group()
    how.add_argument(
        "--quick", action="store_true", help="two repetitions of warm-up, one measured: a first look"
    )
    how.add_argument("--rigorous", action="store_true", help="several fresh processes: honest intervals")
    effort.add_argument(
        "--budget", metavar="TIME", type=values.duration,
        help="fit repetitions (and, if need be, decode tokens) into this time, for example 10m, 90s, 1h",
    )  # fmt: skip
    effort.add_argument(
        "--operators", action=argparse.BooleanOptionalAction, default=None,
        help="take some forwards apart by kind of work, in a pass of its own (default: if the budget allows)",
    )  # fmt: skip
    effort.add_argument(
        "--trace", metavar="FILE", type=Path,
        help="write that pass as a Chrome trace, for ui.perfetto.dev or chrome://tracing",
    )  # fmt: skip
    effort.add_argument(
        "--no-limits", dest="limits", action="store_false",
        help="leave out measuring what the machine can do at most (2 s before the repetitions and 2 s after)",
    )  # fmt: skip
    add_pin(effort)
    effort.add_argument(
        "--include-host", action="store_true", help="put this machine's host and user name into the report"
    )
    clock = parser.add_argument_group("normalisation to a reference clock")
    add_clock(clock)
    shown = parser.add_argument_group("what is shown (on standard error)")
    add_language(shown)
    shown.add_argument("--quiet", action="store_true", help="no progress and no table, only errors")
    shown.add_argument("--json", action="store_true", help="print the report on standard output")
    return parser
