"""The sections of a comparison's page, in their order."""

from __future__ import annotations

from bitnet_report import Comparison

from ...texts import Texts
from ..sections import Section
from . import memory, notes, times, where, work

SECTIONS = (
    work.section,
    where.section,
    times.section,
    memory.section,
    notes.section,
)


def compare_sections(comparison: Comparison, texts: Texts) -> list[Section]:
    """Every section that this comparison has something for."""
    found = (make(comparison, texts) for make in SECTIONS)
    return [section for section in found if section is not None]
