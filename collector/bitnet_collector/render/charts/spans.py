"""Times in the unit that suits them, for axes that reach from microseconds to minutes."""

from __future__ import annotations

from ..figures import figure


def span_words(ms: float) -> str:
    """A time (ms) with three or four digits: `0.2 ms` as `200 µs`, 8300 as `8.30 s`."""
    if ms == 0:
        return "0"
    if ms < 1:
        return f"{_plain(ms * 1000)} µs"
    return f"{_plain(ms)} ms" if ms < 1000 else f"{_plain(ms / 1000)} s"


def _plain(value: float) -> str:
    return f"{value:.0f}" if value >= 1000 or value == round(value) else figure(value)
