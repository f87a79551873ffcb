"""The options of `sweep`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bitnet_report import MALLOCS

from ..plan import DEFAULT_DECODE_TOKENS, DEFAULT_ENGINE, DEFAULT_PROMPT_TOKENS
from . import values
from .shared import add_language, add_member, add_note, add_patience, add_token
from .work import add_clock, add_model, add_pin

Value = TypeVar("Value")

_EPILOG = """\
Every combination of the values is a point; each point is run once a round, in an order that is shuffled
anew each round, in a process of its own, and ends as a report in DIR (with --collector also there). What was
done is kept: the same command again goes on where an interrupted sweep stopped.

example:
  bitnet-agent sweep --threads 1,2 --engine published,quantized-once --prompt-tokens 32,128 --out sweep

exit codes: as of a run; a point that fails leaves the others, and the first fault gives the code"""


def sweep_parser() -> argparse.ArgumentParser:
    """The options of `sweep`."""
    parser = argparse.ArgumentParser(
        prog="bitnet-agent sweep",
        description="Measure at every point of a grid: lengths, threads, engines, the allocator.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    axes = parser.add_argument_group("the grid (values separated by commas)")
    for option, kind, default, text in (
        ("--prompt-tokens", values.positive, (DEFAULT_PROMPT_TOKENS,), "prompt lengths"),
        ("--decode-tokens", values.positive, (DEFAULT_DECODE_TOKENS,), "decoded tokens"),
        ("--context-depth", values.count, (0,), "tokens in the KV cache before the prompt"),
        ("--threads", values.positive, (None,), "threads to compute on (default: physical cores)"),
        ("--engine", values.engine, (DEFAULT_ENGINE,), "engines; `bitnet-agent engines` lists them"),
        ("--malloc", values.malloc, (MALLOCS[0],), f"allocator settings: {', '.join(MALLOCS)}"),
    ):
        axes.add_argument(option, metavar="A,B,...", type=_several(kind), default=default, help=text)
    how = parser.add_argument_group("how it is measured")
    how.add_argument(
        "--rounds", metavar="N", type=values.positive, default=2,
        help="how often each point is run, in turns (default: %(default)s)",
    )  # fmt: skip
    how.add_argument(
        "--repetitions", metavar="N", type=values.positive, default=3,
        help="measured repetitions of each run, after its warm-up (default: %(default)s)",
    )  # fmt: skip
    how.add_argument("--quick", action="store_true", help="each run warms up twice and measures once")
    how.add_argument(
        "--seed", metavar="N", type=values.count, default=1, help="of the order (default: %(default)s)"
    )
    add_pin(how)
    work = parser.add_argument_group("the rest of the work, the same at every point")
    add_model(work)
    add_clock(work)
    to = parser.add_argument_group("whose runs, and where they go")
    to.add_argument(
        "--out", metavar="DIR", type=Path, default=Path("sweep"),
        help="where reports and progress are kept (default: %(default)s)",
    )  # fmt: skip
    to.add_argument("--collector", metavar="URL", help="submit each point's report there")
    add_member(to)
    add_note(to)
    add_token(to)
    add_patience(to)
    shown = parser.add_argument_group("what is shown (on standard error)")
    add_language(shown)
    shown.add_argument("--quiet", action="store_true", help="no progress and no table, only errors")
    return parser


def _several(kind: Callable[[str], Value]) -> Callable[[str], tuple[Value, ...]]:
    """Values of that kind, separated by commas."""

    def parse(text: str) -> tuple[Value, ...]:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if not parts:
            raise argparse.ArgumentTypeError("no value was given; separate several by commas")
        return tuple(kind(part) for part in parts)

    return parse
