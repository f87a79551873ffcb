"""The figures of memory management that follow from others, and the note that they may earn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .agreement import compare_figures
from .allocation import Allocation, StageAllocation

if TYPE_CHECKING:
    from .report import Report

CHURN_SHARE = 0.05
"""Share of a forward that faults must take before the run says so: the size of a drift that matters."""


def stage_allocation(
    stage: str,
    *,
    forwards: int,
    tokens: int,
    minor_faults: int,
    fault_cost_ns: float | None,
    large_temporaries: int | None = None,
    large_temporaries_mb: float | None = None,
    user_cpu_ms: float | None = None,
    system_cpu_ms: float | None = None,
) -> StageAllocation:
    """Make a stage's row from what was counted; the CPU times (ms) given are those of all its forwards."""
    per_forward = minor_faults / forwards
    return StageAllocation(
        stage=stage,
        forwards=forwards,
        tokens=tokens,
        minor_faults=minor_faults,
        faults_per_forward=per_forward,
        faults_per_token=per_forward / tokens,
        large_temporaries=large_temporaries,
        large_temporaries_mb=large_temporaries_mb,
        saving_ms=_saving_ms(per_forward, fault_cost_ns),
        user_cpu_ms=None if user_cpu_ms is None else user_cpu_ms / forwards,
        system_cpu_ms=None if system_cpu_ms is None else system_cpu_ms / forwards,
    )


def check_allocation(allocation: Allocation | None) -> Iterator[tuple[str, str]]:
    """Do the sums again: each field that does not agree, with a sentence on it."""
    if allocation is None:
        return
    for position, stage in enumerate(allocation.stages):
        field = f"allocation.stages[{position}]"
        if stage.stage in [other.stage for other in allocation.stages[:position]]:
            yield f"{field}.stage", f"the stage {stage.stage} stands twice"
        per_forward = stage.minor_faults / stage.forwards
        yield from compare_figures(f"{field}.faults_per_forward", stage.faults_per_forward, per_forward)
        yield from compare_figures(
            f"{field}.faults_per_token", stage.faults_per_token, per_forward / stage.tokens
        )
        yield from compare_figures(
            f"{field}.saving_ms", stage.saving_ms, _saving_ms(per_forward, allocation.fault_cost_ns)
        )


def saving_share(report: Report, stage: str) -> float | None:
    """The estimated saving as a share of the stage's timed forward; None where either is not known."""
    counted = report.allocation.stage(stage) if report.allocation else None
    timed = report.stage(stage)
    if counted is None or counted.saving_ms is None or timed is None:
        return None
    forward_ms = timed.ms_per_token if stage == "decode" else timed.duration_ms
    return counted.saving_ms / forward_ms if forward_ms else None


def _saving_ms(faults: float, fault_cost_ns: float | None) -> float | None:
    return None if fault_cost_ns is None else faults * fault_cost_ns / 1e6
