"""What a forward of prefill and one of decode are made of: a bar a stage, cut by kind of work."""

from __future__ import annotations

from collections.abc import Sequence

from bitnet_report import StageOperators, operator_words

from ...texts import Texts
from ..figures import percent
from ..stage_rows import stage_words
from .drawing import Chart, Key, chart
from .share_bars import Bar, Part, draw_bars
from .spans import span_words

_LOOKS = {
    "weight-quantization": "fill-1",
    "bitlinear-matmul": "fill-2",
    "freeing-temporaries": "fill-3",
    "activation-quantization": "fill-4",
    "lm-head": "fill-5",
    "attention": "fill-6",
    "norms-activation": "fill-7",
}
"""Each kind keeps its colour in every run; what has none is drawn together, at the end."""
_REST = "fill-8"


def operator_shares(splits: Sequence[StageOperators], texts: Texts) -> Chart | None:
    """A bar for each stage that took time; None where there is none."""
    bars = [_bar(split, texts) for split in splits if split.instrumented_ms > 0]
    if not bars:
        return None
    sentences = [
        f"{bar.words}, {bar.amount}: " + ", ".join(f"{part.name} {percent(part.share)}" for part in bar.parts)
        for bar in bars
    ]
    keys = {part.look: part.name for bar in bars for part in bar.parts}
    return chart(
        "operator-shares",
        "; ".join(sentences),
        lambda width: draw_bars(bars, width),
        caption=texts("operators_chart_caption"),
        keys=[Key(look, keys[look]) for look in (*_LOOKS.values(), _REST) if look in keys],
    )


def _bar(split: StageOperators, texts: Texts) -> Bar:
    named = [
        Part(operator_words(kind.name, texts.language), _LOOKS[kind.name], kind.share, span_words(kind.ms))
        for kind in sorted(split.kinds, key=lambda kind: -kind.ms)
        if kind.name in _LOOKS
    ]
    rest = max(0.0, 1 - sum(part.share for part in named))
    other = Part(texts("operators_rest"), _REST, rest, span_words(rest * split.instrumented_ms))
    words = texts("operators_bar", stage=stage_words(split.stage, texts))
    return Bar(words, span_words(split.instrumented_ms), [*named, other])
