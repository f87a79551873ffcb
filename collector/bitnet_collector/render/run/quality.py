"""How far the run can be trusted, and why."""

from __future__ import annotations

from dataclasses import dataclass

from ...texts import Texts
from ..caveat_words import CaveatWords, caveat_words
from ..sections import Section
from .shown import ShownRun


@dataclass(frozen=True)
class QualityView:
    """The grade (None: not graded) and every caveat, the worst first."""

    grade: str | None
    caveats: list[CaveatWords]


def section(shown: ShownRun, texts: Texts) -> Section:
    """Also a run without a caveat says so."""
    quality = shown.report.quality
    view = QualityView(quality.grade, caveat_words(quality.caveats, texts))
    return Section("quality", texts("quality"), view)
