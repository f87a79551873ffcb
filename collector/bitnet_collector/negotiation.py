"""Which media type and which language to answer in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

Language = Literal["en", "zh"]

LANGUAGE_COOKIE: Final = "bitnet-language"
"""Remembers the language that a reader switched to: `en` or `zh`, and nothing about the reader."""

PAGE_VARY: Final = "Accept, Accept-Language, Cookie"
"""What a page depends on beside its address."""


def choose_media_type(accept: str, offers: Sequence[str]) -> str | None:
    """Pick from `offers` (the first goes to a client that takes anything); None if it takes none of them.

    The highest q wins; between equals the one named more exactly, then the one named first.
    """
    ranges = _weighted(accept or "*/*")
    best: tuple[tuple[float, int, int], str] | None = None
    for offer in offers:
        matches = [
            (_exactness(name, offer), -position, q)
            for position, (name, q) in enumerate(ranges)
            if _exactness(name, offer)
        ]
        if not matches:
            continue
        exactness, position, q = max(matches)
        key = (q, exactness, position)
        if q > 0 and (best is None or key > best[0]):
            best = (key, offer)
    return best[1] if best else None


def chosen_language(cookies: Mapping[str, str]) -> Language | None:
    """The language that the reader switched to earlier, or None."""
    value = cookies.get(LANGUAGE_COOKIE)
    return "zh" if value == "zh" else "en" if value == "en" else None


def choose_language(accept_language: str) -> Language:
    """Chinese or English, whichever the header likes better; English where it names neither."""
    best: tuple[float, Language] = (0.0, "en")
    for name, q in _weighted(accept_language):
        primary = name.partition("-")[0]
        if primary == "zh" and q > best[0]:
            best = (q, "zh")
        elif primary == "en" and q > best[0]:
            best = (q, "en")
    return best[1]


def _weighted(header: str) -> list[tuple[str, float]]:
    entries = []
    for part in header.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if name:
            entries.append((name, _quality(parameters)))
    return entries


def _quality(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0


def _exactness(media_range: str, offer: str) -> int:
    """3 for the type itself, 2 for `text/*`, 1 for `*/*`, 0 for no match."""
    if media_range == offer:
        return 3
    if media_range == f"{offer.partition('/')[0]}/*":
        return 2
    return 1 if media_range == "*/*" else 0
