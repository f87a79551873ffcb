"""What differs in the work, where it does."""

from __future__ import annotations

from bitnet_report import Comparison

from ...texts import Texts
from ..compare_words import difference_rows
from ..sections import Section


def section(comparison: Comparison, texts: Texts) -> Section | None:
    """The fields with both values; only where there are some."""
    rows = difference_rows(comparison.work, texts)
    return Section("work", texts("compare_work"), rows) if rows else None
