"""The sections of a run's page, in their order: the figures, whether to trust them, and then the detail."""

from __future__ import annotations

from ...texts import Texts
from ..sections import Section
from . import allocation, decode, facts, headline, memory, operators, quality, roofline, says, stages, warmup
from .shown import ShownRun

SECTIONS = (
    headline.section,
    says.section,
    quality.section,
    stages.section,
    operators.section,
    allocation.section,
    roofline.section,
    decode.section,
    memory.section,
    warmup.section,
    facts.section,
)


def run_sections(shown: ShownRun, texts: Texts) -> list[Section]:
    """Every section that this run has something for."""
    found = (make(shown, texts) for make in SECTIONS)
    return [section for section in found if section is not None]
