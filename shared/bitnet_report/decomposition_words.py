"""Where two runs differ, in words, English and Chinese: one sentence for the terminal and the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal

from .decomposition import Decomposition, Part, telling_parts
from .figures import three_digits
from .operator_words import operator_words

Language = Literal["en", "zh"]
StageName = Callable[[str], str]
"""What a stage is called where the words are shown."""

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Where the difference lies", "差距从何而来"),
    "part": ("Part", "部分"),
    "share": ("Of the difference", "占差距"),
    "rest": ("Everything else", "其余"),
    "whole": ("Inference", "推理合计"),
    "slower": (
        "B's inference is {ratio:.2f}× slower, {ms} ms more; of that {parts}{against}.",
        "B 的推理耗时是 A 的 {ratio:.2f} 倍，多用 {ms} ms，其中：{parts}{against}。",
    ),
    "faster": (
        "B's inference is {ratio:.2f}× faster, {ms} ms less; of that {parts}{against}.",
        "B 的推理速度是 A 的 {ratio:.2f} 倍，少用 {ms} ms，其中：{parts}{against}。",
    ),
    "of_that": ("{percent:.0f} % {part}", "{part} {percent:.0f} %"),
    "against": ("; the other way went {parts}", "；反向变化的有：{parts}"),
    "against_that": ("{part} ({percent:.0f} %)", "{part} {percent:.0f} %"),
    "in_stage": ("{stage}: {kind}", "{stage}：{kind}"),
    "separator": (", ", "，"),
    "unsure": (
        "The stages that make most of it do not differ for certain, so this may be chance: measure more "
        "repetitions.",
        "构成这一差距主要部分的各阶段差异无法确定，可能出于偶然：请增加重复次数。",
    ),
}


def decomposition_words(key: str, language: Language, **values: object) -> str:
    """The words of that key with its values put in: headings, and the doubt."""
    return _WORDS[key][0 if language == "en" else 1].format(**values)


def part_words(part: Part, language: Language, stage_name: StageName) -> str:
    """What a part is called: its stage, and the kind of operator where it was divided."""
    stage = stage_name(part.stage)
    if part.kind is None:
        return stage
    return decomposition_words("in_stage", language, stage=stage, kind=operator_words(part.kind, language))


def decomposition_sentence(found: Decomposition, language: Language, stage_name: StageName) -> str:
    """By how much B's inference differs, which parts make it, and which went against it."""
    told = telling_parts(found)[0]
    along = [part for part in told if (part.share or 0) > 0]
    against = [part for part in told if (part.share or 0) < 0]
    slower, apart = found.ratio > 1, abs(found.difference_ms)
    return decomposition_words(
        "slower" if slower else "faster",
        language,
        ratio=found.ratio if slower else 1 / found.ratio,
        ms=three_digits(apart),
        parts=_listed(along, "of_that", language, stage_name),
        against=decomposition_words(
            "against", language, parts=_listed(against, "against_that", language, stage_name)
        )
        if against
        else "",
    )


def _listed(parts: Sequence[Part], key: str, language: Language, stage_name: StageName) -> str:
    """The parts with the size of their share, in a row."""
    return decomposition_words("separator", language).join(
        decomposition_words(
            key,
            language,
            percent=abs(part.share or 0) * 100,
            part=part_words(part, language, stage_name),
        )
        for part in parts
    )
