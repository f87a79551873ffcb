"""What else differs: it hinders no comparison, and may explain one."""

from __future__ import annotations

from bitnet_report import Comparison

from ...texts import Texts
from ..compare_words import difference_rows
from ..sections import Section


def section(comparison: Comparison, texts: Texts) -> Section:
    """The fields with both values; that there are none is told as well."""
    return Section("notes", texts("compare_notes"), difference_rows(comparison.notes, texts))
