"""A run's caveats in the page's language, the worst first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bitnet_report import Caveat, Severity, caveat_sentences, severity

from ..texts import Texts

_WORST_FIRST: tuple[Severity, ...] = ("invalid", "bad", "doubt", "note")


@dataclass(frozen=True)
class CaveatWords:
    """A caveat in the page's language, or as it was sent where its code is not known here."""

    code: str
    message: str
    remedy: str | None
    severity: Severity
    severity_words: str


def caveat_words(caveats: Iterable[Caveat], texts: Texts) -> list[CaveatWords]:
    """Every caveat, by its weight."""
    found = [_words(caveat, texts) for caveat in caveats]
    return sorted(found, key=lambda words: _WORST_FIRST.index(words.severity))


def _words(caveat: Caveat, texts: Texts) -> CaveatWords:
    message, remedy = caveat_sentences(caveat, texts.language)
    weight = severity(caveat.code)
    return CaveatWords(caveat.code, message, remedy, weight, texts(f"severity_{weight}"))
