"""Sweeps: a member's grid of runs, and how its figures go along each axis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from bitnet_report import work_value

from .tables import Run

AXES = ("threads", "context_depth", "prompt_tokens", "decode_tokens", "engine", "malloc")
"""What a sweep may vary, those first that a chart may run along."""
NUMERIC_AXES = AXES[:4]


class SweepPoint(BaseModel):
    """One point of a sweep. Times are ms, memory MB; `low` and `high` bound 95 %."""

    run_id: str
    valid: bool
    threads: int | None
    context_depth: int
    prompt_tokens: int | None
    decode_tokens: int | None
    engine: str
    malloc: str
    prefill_ms: float | None
    prefill_low: float | None
    prefill_high: float | None
    prefill_n: int | None
    decode_ms_per_token: float | None
    decode_low: float | None
    decode_high: float | None
    decode_n: int | None
    peak_memory_mb: float | None
    grade: str | None

    def at(self, axis: str) -> Any:
        """Its value along an axis."""
        return getattr(self, axis)


class SweepTable(BaseModel):
    """A sweep as a value; `varied` are the axes along which its points differ."""

    sweep_id: str
    member: str
    cpu: str
    model: str
    weights: str
    began: datetime
    varied: list[str]
    points: list[SweepPoint]


class SweepItem(BaseModel):
    """One of a member's sweeps."""

    sweep_id: str
    points: int
    began: datetime


def sweep_table(runs: Sequence[Run]) -> SweepTable:
    """Make the table of a sweep that has at least one run."""
    points = [_point(run) for run in runs]
    varied = [axis for axis in AXES if len({point.at(axis) for point in points}) > 1]
    points.sort(key=lambda point: [_sortable(point.at(axis)) for axis in reversed(AXES)])
    first = runs[0]
    return SweepTable(
        sweep_id=str(first.sweep_id),
        member=first.member,
        cpu=first.cpu,
        model=first.model,
        weights=first.weights,
        began=min(run.measured_at for run in runs),
        varied=varied,
        points=points,
    )


def _point(run: Run) -> SweepPoint:
    return SweepPoint(
        run_id=run.run_id,
        valid=run.grade != "invalid" and bool(run.decode_ms_per_token),
        threads=run.threads,
        context_depth=int(work_value(run.work, "context_depth") or 0),
        prompt_tokens=run.work["prompt_tokens"],
        decode_tokens=run.work["decode_tokens"],
        engine=run.engine,
        malloc=str(work_value(run.work, "malloc")),
        prefill_ms=run.prefill_ms,
        prefill_low=run.prefill_low,
        prefill_high=run.prefill_high,
        prefill_n=run.prefill_n,
        decode_ms_per_token=run.decode_ms_per_token,
        decode_low=run.decode_low,
        decode_high=run.decode_high,
        decode_n=run.decode_n,
        peak_memory_mb=run.peak_memory_mb,
        grade=run.grade,
    )


def _sortable(value: Any) -> tuple[bool, Any]:
    return value is not None, value if value is not None else 0
