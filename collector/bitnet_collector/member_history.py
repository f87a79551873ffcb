"""A member's history in one piece of work: what `/members/{name}` shows, and which way it goes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from statistics import median
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bitnet_report import SMALLEST_EFFECT

from .summary_table import WorkloadChoice
from .sweeps import SweepItem
from .tables import Run

TREND_OF = 5
"""Valid runs before the latest that it is held against."""


class HistoryPoint(BaseModel):
    """One run. Times are ms (decode ms/token), memory MB, clocks MHz; `low` and `high` bound 95 %."""

    model_config = ConfigDict(from_attributes=True)

    run_id: str
    measured_at: datetime
    valid: bool
    hidden: bool = False
    decode_ms_per_token: float | None
    decode_low: float | None
    decode_high: float | None
    prefill_ms: float | None
    prefill_low: float | None
    prefill_high: float | None
    peak_memory_mb: float | None
    clock_mhz: float | None
    cpu: str
    threads: int | None
    agent_version: str | None
    grade: str | None


class Trend(BaseModel):
    """The latest valid decode over the median of up to `TREND_OF` valid runs before it, `of_runs` in number.

    `steady`: under 3 % apart, as in a comparison of two runs. `machines`: the processors among these runs.
    """

    verdict: Literal["faster", "slower", "steady"]
    ratio: float
    of_runs: int
    machines: list[str]


class MemberHistory(BaseModel):
    """A page of a member's runs, newest first; `next` leads to older ones, `workloads` are the member's.

    The points of sweeps are no runs of this history: a sweep turns one knob after another, so that its points
    are no trend. `sweep_points` counts those of this work; `sweeps` leads to the member's.
    """

    member: str
    workload: WorkloadChoice | None
    workloads: list[WorkloadChoice]
    trend: Trend | None
    points: list[HistoryPoint]
    sweep_points: int = 0
    sweeps: list[SweepItem] = Field(default_factory=list)
    next: str | None = None


def history_points(runs: Sequence[Run], hidden: Collection[str] = ()) -> list[HistoryPoint]:
    """Each run's figures; valid is what may be ranked, and a `hidden` one (by id) may not be."""
    return [
        HistoryPoint(
            **{name: getattr(run, name) for name in HistoryPoint.model_fields if hasattr(run, name)},
            valid=run.grade != "invalid" and bool(run.decode_ms_per_token) and run.run_id not in hidden,
            hidden=run.run_id in hidden,
        )
        for run in runs
    ]


def trend_of(points: Sequence[HistoryPoint]) -> Trend | None:
    """Where the latest valid run stands; None before there are two. `points` are newest first."""
    valid = [point for point in points if point.valid][: TREND_OF + 1]
    decodes = [point.decode_ms_per_token or 0.0 for point in valid]
    if len(decodes) < 2:
        return None
    ratio = decodes[0] / median(decodes[1:])
    verdict: Literal["faster", "slower", "steady"] = "steady"
    if ratio > 1 + SMALLEST_EFFECT:
        verdict = "slower"
    elif ratio < 1 / (1 + SMALLEST_EFFECT):
        verdict = "faster"
    machines = list(dict.fromkeys(point.cpu for point in valid))
    return Trend(verdict=verdict, ratio=ratio, of_runs=len(decodes) - 1, machines=machines)
