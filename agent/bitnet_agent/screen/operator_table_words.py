"""The words of the operator tables, in English and Chinese."""

from __future__ import annotations

from .language import Language

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("Where the time goes", "时间花在哪里"),
    "kind": ("Work", "算子类别"),
    "per_forward": ("(ms)", "(ms)"),
    "per_token": ("(ms/token)", "(ms/token)"),
    "whole": ("taken apart", "拆解时合计"),
    "timed": ("as timed", "计时结果"),
    "own_pass": (
        "Taken apart in a pass of its own, after the timed ones; it took, against those: {off}.",
        "由计时之后单独的一遍拆解得出；与计时结果相比：{off}。",
    ),
    "separator": (", ", "，"),
    "projections": ("BitLinear layers, summed over all layers", "各 BitLinear 投影（所有层合计）"),
    "stage": ("Stage", "阶段"),
    "projection": ("Projection", "投影"),
}


def word(language: Language, key: str) -> str:
    """The words of that key in that language."""
    return _WORDS[key][0 if language == "en" else 1]
