"""Memory over the stages: drawn, and in figures."""

from __future__ import annotations

from dataclasses import dataclass

from bitnet_report import StageProfile

from ...texts import Texts
from ..charts.drawing import Chart
from ..charts.memory_stages import memory_stages
from ..sections import Section
from ..stage_rows import stage_words
from .shown import ShownRun


@dataclass(frozen=True)
class MemoryRow:
    """One stage with its name in the page's language."""

    name: str
    stage: StageProfile


@dataclass(frozen=True)
class MemoryView:
    """The chart and the rows; `has_kinds`: at least one stage tells what its memory consists of."""

    chart: Chart | None
    rows: list[MemoryRow]
    has_kinds: bool


def section(shown: ShownRun, texts: Texts) -> Section:
    """A stage whose memory is unknown has dashes."""
    stages = shown.report.stage_profiles
    view = MemoryView(
        chart=memory_stages(shown.report, texts),
        rows=[MemoryRow(stage_words(stage.name, texts), stage) for stage in stages],
        has_kinds=any(stage.memory_kinds for stage in stages),
    )
    return Section("memory", texts("memory_stages"), view)
