"""What memory management costs: page faults, temporaries, the kernel's time, and what could be saved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bitnet_report import CHURN_SHARE, Allocation, Report, StageAllocation, one_decimal, saving_share

from ...texts import Texts
from ..figures import figure, megabytes
from ..sections import Section
from ..stage_rows import stage_words
from .shown import ShownRun

_NOTICED = 0.005
"""Below half a percent of a forward a saving is within the noise of any run."""


@dataclass(frozen=True)
class AllocationRow:
    """One stage's cells: counts of one forward, CPU time and saving in ms; None where nothing is known."""

    name: str
    faults: str
    per_token: str
    blocks: str | None
    blocks_mb: str
    system: str
    system_share: str | None
    saving: str
    share: str | None


@dataclass(frozen=True)
class AllocationView:
    """What it comes to in sentences, the rows, and how the counts were taken."""

    sentences: list[str]
    rows: list[AllocationRow]
    notes: list[str]


def section(shown: ShownRun, texts: Texts) -> Section | None:
    """Only where the report counted page faults."""
    allocation = shown.report.allocation
    if allocation is None or not allocation.stages:
        return None
    view = AllocationView(
        sentences=list(_sentences(shown.report, texts)),
        rows=[_row(stage, shown.report, texts) for stage in allocation.stages],
        notes=list(_notes(allocation, texts)),
    )
    return Section("allocation", texts("allocation_title"), view)


def _sentences(report: Report, texts: Texts) -> Iterator[str]:
    """What a page fault is, what it costs each stage, and what the allocator could do about it."""
    yield texts("allocation_lead")
    allocation = report.allocation
    stages = allocation.stages if allocation else []
    for stage in sorted(stages, key=lambda one: one.stage != "decode"):
        yield _stage_sentence(stage, saving_share(report, stage.stage), texts)
    if any((saving_share(report, stage.stage) or 0) >= CHURN_SHARE for stage in stages):
        yield texts(f"allocation_remedy_{report.workload.malloc}")


def _stage_sentence(stage: StageAllocation, share: float | None, texts: Texts) -> str:
    where = texts("allocation_where", stage=stage_words(stage.stage, texts))
    if stage.stage in ("prefill", "decode"):
        where = texts(f"allocation_where_{stage.stage}")
    faults = _count(stage.faults_per_forward)
    if share is None:
        return texts("allocation_unknown", where=where, faults=faults)
    if share < _NOTICED:
        return texts("allocation_nothing", where=where, faults=faults)
    saving, percent = figure(stage.saving_ms, grouped=True), _percent(share)
    return texts("allocation_costs", where=where, faults=faults, ms=saving, share=percent)


def _row(stage: StageAllocation, report: Report, texts: Texts) -> AllocationRow:
    share = saving_share(report, stage.stage)
    return AllocationRow(
        name=stage_words(stage.stage, texts),
        faults=_count(stage.faults_per_forward),
        per_token=_count(stage.faults_per_token),
        blocks=None if stage.large_temporaries is None else f"{stage.large_temporaries:,}",
        blocks_mb=megabytes(stage.large_temporaries_mb, grouped=True),
        system=figure(stage.system_cpu_ms, grouped=True),
        system_share=_system_share(stage),
        saving=figure(stage.saving_ms, grouped=True),
        share=None if share is None else _percent(share),
    )


def _system_share(stage: StageAllocation) -> str | None:
    if stage.system_cpu_ms is None or stage.user_cpu_ms is None:
        return None
    whole = stage.system_cpu_ms + stage.user_cpu_ms
    return _percent(stage.system_cpu_ms / whole) if whole else None


def _notes(allocation: Allocation, texts: Texts) -> Iterator[str]:
    if allocation.fault_cost_ns is not None:
        yield texts("allocation_cost", us=figure(allocation.fault_cost_ns / 1000))
    if allocation.large_bytes is not None and allocation.temporaries_source is not None:
        yield texts("allocation_large", mb=megabytes(allocation.large_bytes / 2**20))
    yield texts("allocation_source")


def _count(number: float) -> str:
    """A mean count: whole where it is large, with decimals below ten."""
    return f"{number:,.0f}" if number >= 10 or number == int(number) else f"{number:.2g}"


def _percent(share: float) -> str:
    """Of at most the whole: an estimate may come out above what was measured."""
    percent = 100 * min(share, 1.0)
    return f"{percent:.0f} %" if percent >= 10 else f"{one_decimal(percent)} %"
