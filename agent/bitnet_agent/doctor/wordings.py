"""What a finding's code means: its check, its status, and its sentences in English and Chinese."""

from __future__ import annotations

from typing import Literal

from .finding import Finding, Wording
from .words_collector import ABOUT_THE_COLLECTOR
from .words_machine import ABOUT_THE_MACHINE
from .words_software import ABOUT_SOFTWARE

WORDINGS: dict[str, Wording] = ABOUT_SOFTWARE | ABOUT_THE_MACHINE | ABOUT_THE_COLLECTOR


def wording_of(finding: Finding) -> Wording:
    """The wording of the finding's code."""
    return WORDINGS[finding.code]


def sentences(finding: Finding, language: Literal["en", "zh"]) -> tuple[str, str | None]:
    """Message and remedy in that language, with the finding's numbers put in."""
    wording = wording_of(finding)
    english = language == "en"
    message, remedy = (
        (wording.message, wording.remedy) if english else (wording.message_zh, wording.remedy_zh)
    )
    return message.format(**finding.values), remedy.format(**finding.values) if remedy else None
