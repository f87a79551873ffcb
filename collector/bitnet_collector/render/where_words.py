"""A decomposition in words and figures; the page and the text show the same."""

from __future__ import annotations

from dataclasses import dataclass

from bitnet_report import (
    SMALLEST_EFFECT,
    Comparison,
    Part,
    decomposition_sentence,
    decomposition_words,
    part_words,
    telling_parts,
)

from ..texts import Texts
from .figures import NOTHING, figure, signed
from .stage_rows import stage_words


@dataclass(frozen=True)
class PartWords:
    """One part: its times, the difference and its share; `bar` is its size as a share of the largest."""

    name: str
    a: str
    b: str
    difference: str
    share: str
    bar: float
    against: bool


@dataclass(frozen=True)
class WhereWords:
    """The sentence, a doubt if no stage differs for certain, the parts, and the whole as the last of them.

    `part` and `share` head their columns.
    """

    title: str
    part: str
    share: str
    sentence: str
    doubt: str
    parts: list[PartWords]
    whole: PartWords


def where_words(comparison: Comparison, texts: Texts) -> WhereWords | None:
    """None where the two cannot be divided, or lie less apart than what is called a difference."""
    found = comparison.decomposition
    if found is None or max(found.ratio, 1 / found.ratio) - 1 < SMALLEST_EFFECT:
        return None
    language = texts.language
    shown, rest = telling_parts(found)
    largest = max(abs(part.share or 0) for part in found.parts) or 1

    def stage_name(stage: str) -> str:
        return stage_words(stage, texts)

    parts = [_part(part, part_words(part, language, stage_name), largest) for part in shown]
    if rest is not None:
        parts.append(_part(rest, decomposition_words("rest", language), largest))
    return WhereWords(
        title=decomposition_words("title", language),
        part=decomposition_words("part", language),
        share=decomposition_words("share", language),
        sentence=decomposition_sentence(found, language, stage_name),
        doubt="" if comparison.inference_differs else decomposition_words("unsure", language),
        parts=parts,
        whole=PartWords(
            name=decomposition_words("whole", language),
            a=figure(found.a_ms, grouped=True),
            b=figure(found.b_ms, grouped=True),
            difference=_signed(found.difference_ms),
            share="100 %",
            bar=0.0,
            against=False,
        ),
    )


def _part(part: Part, name: str, largest: float) -> PartWords:
    share = part.share or 0
    return PartWords(
        name=name,
        a=figure(max(part.a_ms, 0.0), grouped=True),
        b=figure(max(part.b_ms, 0.0), grouped=True),
        difference=_signed(part.difference_ms),
        share=NOTHING if part.share is None else f"{share * 100:.1f} %",
        bar=min(100.0, 100 * abs(share) / largest),
        against=share < 0,
    )


def _signed(difference: float) -> str:
    return signed(difference, figure(abs(difference), grouped=True)) if difference else "0"
