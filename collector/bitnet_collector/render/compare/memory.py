"""Peak memory of each stage on both sides."""

from __future__ import annotations

from dataclasses import dataclass

from bitnet_report import Comparison

from ...texts import Texts
from ..figures import megabytes, more_megabytes
from ..sections import Section
from ..stage_rows import stage_words


@dataclass(frozen=True)
class MemoryWords:
    """Peak memory of one stage (MB) on both sides."""

    name: str
    a: str
    b: str
    difference: str
    a_source: str
    b_source: str


def section(comparison: Comparison, texts: Texts) -> Section | None:
    """The stages whose peak at least one side knows; only where there are some."""
    rows = [
        MemoryWords(
            name=stage_words(row.name, texts),
            a=megabytes(row.a_mb, grouped=True),
            b=megabytes(row.b_mb, grouped=True),
            difference=more_megabytes(row.difference_mb),
            a_source=row.a_source or "",
            b_source=row.b_source or "",
        )
        for row in comparison.memory
        if row.a_mb is not None or row.b_mb is not None
    ]
    return Section("memory", texts("compare_memory"), rows) if rows else None
