"""The decode steps: one after the other, and how often each time came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from ...texts import Texts
from ..charts.decode_steps import decode_steps
from ..charts.drawing import Chart
from ..charts.step_histogram import Bin, step_bins, step_histogram
from ..sections import Section
from .shown import ShownRun

_MOST_REPETITIONS = 50


@dataclass(frozen=True)
class StepsLine:
    """The steps of one repetition in four figures (ms)."""

    number: int
    steps: int
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class DecodeView:
    """The series, the histogram where there are steps enough, and the figures of both."""

    series: Chart
    histogram: Chart | None
    lines: list[StepsLine]
    bins: list[Bin]


def section(shown: ShownRun, texts: Texts) -> Section | None:
    """Only where the report holds the steps."""
    repetitions = shown.report.decode_steps_ms
    series = decode_steps(repetitions, texts)
    if series is None:
        return None
    steps = [step for repetition in repetitions for step in repetition]
    view = DecodeView(series, step_histogram(repetitions, texts), _lines(repetitions), step_bins(steps))
    return Section("decode", texts("steps_title"), view)


def _lines(repetitions: Sequence[Sequence[float]]) -> list[StepsLine]:
    return [
        StepsLine(number, len(steps), min(steps), median(steps), max(steps))
        for number, steps in enumerate(repetitions[:_MOST_REPETITIONS], 1)
        if steps
    ]
