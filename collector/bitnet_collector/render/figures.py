"""Numbers, ages and foreign text as people read them."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timezone
from math import floor, log10

from bitnet_report import one_decimal

NOTHING = "—"
_MOST_DECIMALS = 6
_TINY = 0.1
"""Below it three decimals would leave a digit or two of a figure, or none: it keeps three digits instead."""


def figure(value: float | None, *, grouped: bool = False) -> str:
    """A measured number at a steady precision: 1532, 832.4, 12.35, 0.457, 0.00380; a dash for None."""
    if value is None:
        return NOTHING
    decimals = _decimals(value)
    return f"{value:,.{decimals}f}" if grouped else f"{value:.{decimals}f}"


def spread(
    value: float | None, low: float | None, high: float | None, *, grouped: bool = False
) -> str | None:
    """Half the width of an interval, as precise as its value: the `12` of `1445 ± 12`; None without one.

    An interval narrower than the value's last digit keeps one digit of its own.
    """
    if value is None or low is None or high is None:
        return None
    half = (high - low) / 2
    decimals = _decimals(value)
    while half > 0 and round(half, decimals) == 0 and decimals < _MOST_DECIMALS:
        decimals += 1
    return f"{half:,.{decimals}f}" if grouped else f"{half:.{decimals}f}"


def megabytes(value: float | None, *, grouped: bool = False) -> str:
    """Memory in whole MB, or with one decimal below 100."""
    if value is None:
        return NOTHING
    decimals = 0 if abs(value) >= 100 else 1
    return f"{value:,.{decimals}f}" if grouped else f"{value:.{decimals}f}"


def gigahertz(mhz: float | None) -> str:
    """A clock (MHz) in GHz with two decimals."""
    return NOTHING if mhz is None else f"{mhz / 1000:.2f} GHz"


def signed(value: float, size: str) -> str:
    """The words of a value's size with its sign: a minus as wide as the plus, where a hyphen is narrower."""
    return ("−" if value < 0 else "+") + size


def more_megabytes(difference: float | None) -> str:
    """Memory that came (+) or went (−); a plain 0 where there is less of it than a digit shows."""
    if difference is None:
        return NOTHING
    return signed(difference, megabytes(abs(difference), grouped=True)) if round(difference, 1) else "0"


def percent(share: float | None) -> str:
    """A share in per cent with one decimal."""
    return NOTHING if share is None else f"{one_decimal(100 * share)} %"


def signed_percent(percent: float) -> str:
    """Per cent with a sign and one decimal."""
    return signed(percent, f"{abs(percent):.1f} %")


def age(seconds: float) -> tuple[int, str]:
    """A span in the largest unit that fits: its number, and one of `s`, `min`, `h`, `d`."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return int(seconds // size), unit
    return int(seconds), "s"


def utc(moment: datetime) -> str:
    """A moment in UTC to the second, in ISO 8601."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _decimals(value: float) -> int:
    size = abs(value)
    if size >= _TINY or size == 0:
        return 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 1 or size == 0 else 3
    return min(_MOST_DECIMALS, 2 - floor(log10(size)))


def one_line(text: str) -> str:
    """Foreign text on one line, without what a terminal would obey."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def width(text: str) -> int:
    """Columns that the text takes in a terminal: two for a wide (CJK) character, none for a combining one."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )
