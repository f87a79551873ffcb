"""What the time goes to: one bar for loading, which happens once, and one for what every request repeats.

Linear, so that lengths are times; and two bars, because loading would squeeze everything else into a sliver.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bitnet_report import INFERENCE_STAGES, Report, StageProfile

from ...texts import Texts
from ..stage_rows import stage_words
from .drawing import Chart, Drawing, Key, Rect, Shape, Words, chart, text_px
from .spans import span_words

_BAR, _GAP, _HEAD = 26, 22, 18
_LOOKS = ("fill-1", "fill-2", "fill-3", "fill-4", "fill-5", "fill-6", "fill-7", "fill-8")


@dataclass(frozen=True)
class _Part:
    stage: StageProfile
    name: str
    look: str
    share: float


@dataclass(frozen=True)
class _Group:
    words: str
    total_ms: float
    parts: Sequence[_Part]


def stage_shares(report: Report, texts: Texts) -> Chart | None:
    """Both bars with each stage's share; None where nothing took time."""
    loading = [s for s in report.stage_profiles if s.name not in INFERENCE_STAGES]
    repeated = [s for s in report.stage_profiles if s.name in INFERENCE_STAGES]
    looks = {s.name: _LOOKS[place % len(_LOOKS)] for place, s in enumerate(report.stage_profiles)}
    groups = [
        group
        for key, stages in (("shares_loading", loading), ("shares_repeated", repeated))
        if (group := _group(texts(key), stages, looks, texts))
    ]
    if not groups:
        return None
    sentences = [
        f"{group.words}, {span_words(group.total_ms)}: "
        + ", ".join(f"{part.name} {_percent(part.share)}" for part in group.parts)
        for group in groups
    ]
    return chart(
        "stage-shares",
        "; ".join(sentences),
        lambda width: _draw(groups, width),
        caption=texts("shares_caption"),
        keys=[
            Key(part.look, f"{part.name} {_percent(part.share)}") for group in groups for part in group.parts
        ],
    )


def _group(words: str, stages: Sequence[StageProfile], looks: dict[str, str], texts: Texts) -> _Group | None:
    total = sum(stage.duration_ms for stage in stages)
    if total <= 0:
        return None
    parts = [_Part(s, stage_words(s.name, texts), looks[s.name], s.duration_ms / total) for s in stages]
    return _Group(words, total, parts)


def _draw(groups: Sequence[_Group], width: int) -> Drawing:
    shapes: list[Shape] = []
    y = 0.0
    for group in groups:
        shapes += [
            Words(0, y + 12, group.words, "start", "ink"),
            Words(width, y + 12, span_words(group.total_ms), "end", "strong"),
        ]
        shapes += _bar(group, y + _HEAD, width)
        y += _HEAD + _BAR + _GAP
    return Drawing(width, round(y - _GAP + 4), shapes)


def _bar(group: _Group, y: float, width: int) -> list[Shape]:
    shapes: list[Shape] = []
    x = 0.0
    for part in group.parts:
        size = part.share * width
        hint = f"{part.name}: {span_words(part.stage.duration_ms)}, {_percent(part.share)}"
        shapes.append(Rect(round(x, 2), y, round(max(size - 1, 0.5), 2), _BAR, part.look, hint))
        label = f"{part.name} {_percent(part.share)}"
        if text_px(label) + 16 < size:
            shapes.append(Words(round(x + 8, 1), y + 17, label, "start", "inside"))
        x += size
    return shapes


def _percent(share: float) -> str:
    percent = share * 100
    return "<0.1 %" if 0 < percent < 0.1 else f"{percent:.1f} %"
