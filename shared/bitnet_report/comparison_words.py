"""What may be said of two times, in words, English and Chinese: the same for the terminal and the page."""

from __future__ import annotations

from typing import Final

from .comparison import Verdict
from .decomposition_words import Language

_VERDICTS: Final[dict[Verdict, tuple[str, str]]] = {
    "faster": ("faster", "更快"),
    "slower": ("slower", "更慢"),
    "indistinguishable": ("indistinguishable", "无法区分"),
    "one-sample": ("unsure: one sample", "不确定：单样本"),
    "not-comparable": ("not comparable", "不可比"),
}

_HINTS: Final[dict[str, tuple[str, str]]] = {
    "indistinguishable": (
        "Indistinguishable: the two lie under {percent} % apart, or the interval holds 1.",
        "无法区分：两者相差不到 {percent} %，或区间包含 1。",
    ),
    "one-sample": (
        "One sample has no interval: whether such a ratio is chance cannot be told.",
        "单个样本没有置信区间，无法判断该比值是否出于偶然。",
    ),
    "thinned": (
        "Intervals of more than {most} samples are drawn from {most} of them at most, evenly taken.",
        "样本超过 {most} 个时，区间只从其中均匀抽取的至多 {most} 个样本得出。",
    ),
}


def comparison_verdict(verdict: Verdict, language: Language) -> str:
    """What b is, against a."""
    return _VERDICTS[verdict][0 if language == "en" else 1]


def comparison_hint(key: str, language: Language, **values: object) -> str:
    """How to read a verdict (by its name), or that intervals are `thinned`, with the values put in."""
    return _HINTS[key][0 if language == "en" else 1].format(**values)
