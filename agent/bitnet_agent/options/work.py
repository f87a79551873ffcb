"""The options that say what is run, and on what: the same words in every command that runs a model."""

from __future__ import annotations

import argparse

from bitnet_report import MALLOCS

from ..plan import (
    DEFAULT_DECODE_TOKENS,
    DEFAULT_ENGINE,
    DEFAULT_REFERENCE_MHZ,
    DTYPES,
    PUBLISHED_MODEL,
)
from . import values


def add_model(group: argparse._ActionsContainer) -> None:
    """Add `--model`, `--revision` and `--dtype`."""
    group.add_argument(
        "--model", metavar="MODEL", default=PUBLISHED_MODEL,
        help="a hub id, a directory, stand-in:tiny or stand-in:2b4t (default: %(default)s)",
    )  # fmt: skip
    group.add_argument("--revision", metavar="REV", help="the hub's branch, tag or commit")
    group.add_argument(
        "--dtype", choices=DTYPES, default=DTYPES[0], help="the type to compute in (default: %(default)s)"
    )


def add_decode_tokens(group: argparse._ActionsContainer) -> None:
    """Add `--decode-tokens`."""
    group.add_argument(
        "--decode-tokens", metavar="N", type=values.positive, default=DEFAULT_DECODE_TOKENS,
        help="single-token forwards (default: %(default)s)",
    )  # fmt: skip


def add_threads(group: argparse._ActionsContainer) -> None:
    """Add `--threads`."""
    group.add_argument(
        "--threads", metavar="N", type=values.positive, help="threads to compute on (default: physical cores)"
    )


def add_pin(group: argparse._ActionsContainer) -> None:
    """Add `--pin`."""
    group.add_argument("--pin", action="store_true", help="keep to one logical CPU a core, fast cores first")


def add_means(group: argparse._ActionsContainer) -> None:
    """Add `--engine` and `--malloc`: by what means the same work is done."""
    group.add_argument(
        "--engine", metavar="NAME", type=values.engine, default=DEFAULT_ENGINE,
        help="how BitLinear layers are computed, see `bitnet-agent engines` (default: %(default)s)",
    )  # fmt: skip
    group.add_argument(
        "--malloc", choices=MALLOCS, default=MALLOCS[0],
        help="tuned starts over with glibc's thresholds raised, so that freed memory is kept "
        "(default: %(default)s)",
    )  # fmt: skip


def add_clock(group: argparse._ActionsContainer) -> None:
    """Add `--reference-mhz` and `--clock-mhz`."""
    group.add_argument(
        "--reference-mhz", metavar="MHZ", type=values.mhz, default=DEFAULT_REFERENCE_MHZ,
        help="the reference clock (default: %(default)g)",
    )  # fmt: skip
    group.add_argument(
        "--clock-mhz", metavar="MHZ", type=values.mhz, help="state this CPU's clock instead of measuring it"
    )
