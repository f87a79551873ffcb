"""What the time goes to: one bar for loading, which happens once, and one for what every request repeats.

Linear, so that lengths are times; and two bars, because loading would squeeze everything else into a sliver.
"""

from __future__ import annotations

from collections.abc import Sequence

from bitnet_report import INFERENCE_STAGES, Report, StageProfile

from ...texts import Texts
from ..figures import percent
from ..stage_rows import stage_words
from .drawing import Chart, Key, chart
from .share_bars import Bar, Part, draw_bars
from .spans import span_words

_LOOKS = ("fill-1", "fill-2", "fill-3", "fill-4", "fill-5", "fill-6", "fill-7", "fill-8")


def stage_shares(report: Report, texts: Texts) -> Chart | None:
    """Both bars with each stage's share; None where nothing took time."""
    loading = [s for s in report.stage_profiles if s.name not in INFERENCE_STAGES]
    repeated = [s for s in report.stage_profiles if s.name in INFERENCE_STAGES]
    looks = {s.name: _LOOKS[place % len(_LOOKS)] for place, s in enumerate(report.stage_profiles)}
    bars = [
        bar
        for key, stages in (("shares_loading", loading), ("shares_repeated", repeated))
        if (bar := _bar(texts(key), stages, looks, texts))
    ]
    if not bars:
        return None
    sentences = [
        f"{bar.words}, {bar.amount}: " + ", ".join(f"{part.name} {percent(part.share)}" for part in bar.parts)
        for bar in bars
    ]
    return chart(
        "stage-shares",
        "; ".join(sentences),
        lambda width: draw_bars(bars, width),
        caption=texts("shares_caption"),
        keys=[Key(part.look, f"{part.name} {percent(part.share)}") for bar in bars for part in bar.parts],
    )


def _bar(words: str, stages: Sequence[StageProfile], looks: dict[str, str], texts: Texts) -> Bar | None:
    total = sum(stage.duration_ms for stage in stages)
    if total <= 0:
        return None
    parts = [
        Part(stage_words(s.name, texts), looks[s.name], s.duration_ms / total, span_words(s.duration_ms))
        for s in stages
    ]
    return Bar(words, span_words(total), parts)
