"""Where the difference between the two runs lies: stages and operators that sum to the whole."""

from __future__ import annotations

from bitnet_report import Comparison

from ...texts import Texts
from ..sections import Section
from ..where_words import where_words


def section(comparison: Comparison, texts: Texts) -> Section | None:
    """The sentence and the table; only where the two differ by enough to ask."""
    view = where_words(comparison, texts)
    return Section("where", view.title, view) if view else None
