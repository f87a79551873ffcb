"""What the run says, in a paragraph: the same sentences that the agent prints at the end of a run."""

from __future__ import annotations

from bitnet_report import finding_sentence, findings

from ...texts import Texts
from ..sections import Section
from .shown import ShownRun


def section(shown: ShownRun, texts: Texts) -> Section | None:
    """One sentence a finding; only where there are some."""
    sentences = [finding_sentence(found, texts.language) for found in findings(shown.report)]
    return Section("says", texts("says"), sentences) if sentences else None
