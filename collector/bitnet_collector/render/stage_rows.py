"""The stages of a run, ready for the page's tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bitnet_report import Report, StageProfile

from ..texts import Texts
from .figures import NOTHING, figure, gigahertz
from .measured import Measured, described

_MILLION = 1_000_000


@dataclass(frozen=True)
class StageRow:
    """One line of the table of times; a single decode step has no figures but its own time."""

    name: str
    time: Measured
    normalized: str = NOTHING
    per_token: str = NOTHING
    clock: str = NOTHING
    cycles: str = NOTHING
    inner: bool = False


def stage_rows(report: Report, texts: Texts) -> list[StageRow]:
    """Every stage as the report has it, and under decode its single step where the report describes one."""
    return list(_rows(report, texts))


def stage_words(name: str, texts: Texts) -> str:
    """A stage's name in the page's language; one that is not known here as it was sent."""
    return texts(f"stage_{name}") if texts.has(f"stage_{name}") else name


def _rows(report: Report, texts: Texts) -> Iterator[StageRow]:
    for stage in report.stage_profiles:
        yield StageRow(
            name=stage_words(stage.name, texts),
            time=described(stage.duration_ms, stage.statistics, len(stage.samples_ms), texts),
            normalized=figure(stage.duration_normalized_ms, grouped=True),
            per_token=figure(stage.ms_per_token, grouped=True),
            clock=gigahertz(stage.clock_mhz),
            cycles=_cycles(stage, texts),
        )
        step = stage.step_statistics
        if step is not None:
            time = described(step.median, step, step.n, texts)
            yield StageRow(name=texts("single_step"), time=time, inner=True)


def _cycles(stage: StageProfile, texts: Texts) -> str:
    if stage.cycles_per_token is None:
        return NOTHING
    if stage.cycles_per_token < _MILLION:
        return figure(stage.cycles_per_token, grouped=True)
    return texts("millions", value=figure(stage.cycles_per_token / _MILLION, grouped=True))
