"""What the summary says of its rows beside the figures; the page and the text say the same."""

from __future__ import annotations

from ..summary_table import SummaryRow, Yardstick
from ..texts import Texts
from .figures import figure


def against_words(yardstick: Yardstick, texts: Texts) -> str:
    """What the ratios are against, with its figure."""
    value = figure(yardstick.decode_ms_per_token, grouped=True)
    return texts(f"against_{yardstick.kind}", member=yardstick.member, value=value)


def stale_words(age_s: float, texts: Texts) -> str:
    """That a row was measured long ago, and how long (age in seconds)."""
    return texts("stale_for", days=int(age_s // 86400))


def median_words(row: SummaryRow, texts: Texts) -> str:
    """Of how many runs the figures are the medians, and between what they lie (ms/token)."""
    low, high = figure(row.decode_least, grouped=True), figure(row.decode_most, grouped=True)
    return texts("median_of", n=row.of_runs, low=low, high=high)
