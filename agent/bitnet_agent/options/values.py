"""The kinds of value that options take, each checked with one clear sentence."""

from __future__ import annotations

import argparse
import re

from bitnet_report import MALLOCS, MEMBER_RULE, is_member_name, is_storable

from ..engines.registry import engine_names


def member(text: str) -> str:
    """A member's name."""
    if not is_member_name(text):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be a member: {MEMBER_RULE}")
    return text


def decoded(argument: str) -> str:
    """Under a locale such as C, Python hands on as surrogates what it cannot decode: UTF-8 all the same."""
    try:
        return argument.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return argument


def note(argument: str) -> str:
    """A note that a report can hold."""
    text = decoded(argument)
    if len(text) > 4000:
        raise argparse.ArgumentTypeError(f"the note has {len(text)} characters; at most 4000 are kept")
    if not is_storable(text):
        raise argparse.ArgumentTypeError("the note holds a control character or is not UTF-8")
    return text


def engine(text: str) -> str:
    """An engine's name."""
    if text not in engine_names():
        raise argparse.ArgumentTypeError(f"{text!r} is no engine; there are {', '.join(engine_names())}")
    return text


def malloc(text: str) -> str:
    """An allocator's setting."""
    if text not in MALLOCS:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(MALLOCS)}")
    return text


def positive(text: str) -> int:
    """A whole number from 1 to a million."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if not 1 <= number <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 1000000")
    return number


def count(text: str) -> int:
    """A whole number from 0 to a million."""
    return 0 if text.strip() == "0" else positive(text)


DEFAULT_PATIENCE_S = 120.0


def duration(text: str) -> float:
    """A time such as 90s, 10m or 1h, in seconds."""
    seconds = _seconds(text)
    if seconds is None or not 10 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is no time from 10s to 24h, for example 10m")
    return seconds


def patience(text: str) -> float:
    """How long to go on trying, in seconds; 0 is once."""
    seconds = _seconds(text)
    if seconds is None or seconds > 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is no time from 0 to 24h, for example 10m")
    return seconds


def _seconds(text: str) -> float | None:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", text.strip().lower())
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]] if found else None


def mhz(text: str) -> float:
    """A clock in MHz."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 100 <= number <= 20_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no clock in MHz (100 to 20000, for example 3000)")
    return number
