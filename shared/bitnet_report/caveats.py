"""Every reason to doubt a figure that this project knows, with its remedy, in English and Chinese.

A report carries the English sentences, so that it can be read by itself; a page in Chinese looks the code
up here and puts the same values in. A code that is not here (a newer agent's) is shown as it was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from .catalogue import ABOUT_THE_RUN
from .catalogue_machine import ABOUT_THE_MACHINE
from .report import Caveat

_CATALOGUE = ABOUT_THE_RUN | ABOUT_THE_MACHINE
CODES = frozenset(_CATALOGUE)


def make_caveat(code: str, **values: int | float | str) -> Caveat:
    """Make the caveat of that code with its English sentences; the values stay beside them."""
    sentences = _CATALOGUE[code]
    return Caveat(
        code=code,
        message=sentences.message.format(**values),
        remedy=_filled(sentences.remedy, values),
        values=dict(values),
    )


def caveat_sentences(caveat: Caveat, language: Literal["en", "zh"]) -> tuple[str, str | None]:
    """Return message and remedy in that language, or as they were sent where there is no translation."""
    sentences = _CATALOGUE.get(caveat.code)
    if language == "en" or sentences is None:
        return caveat.message, caveat.remedy
    try:
        return sentences.message_zh.format(**caveat.values), _filled(sentences.remedy_zh, caveat.values)
    except (KeyError, IndexError, ValueError):
        return caveat.message, caveat.remedy


def _filled(sentence: str | None, values: Mapping[str, int | float | str]) -> str | None:
    return None if sentence is None else sentence.format(**values)
