"""Two runs beside each other: for every stage the ratio of the medians, and how surely it is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .comparison import (
    DECODE_STEP,
    ComparedRun,
    Comparison,
    Difference,
    MemoryComparison,
    Obstacle,
    Reason,
    TimeComparison,
)
from .decomposition import decompose
from .derived import grouped
from .identity import differing_fields, is_known_work, task_of, work_of, work_value
from .ratios import Clocks, Groups, compare_times, most_resampled
from .report import STAGES, Report, StageProfile
from .surroundings import differing_surroundings

FIRST_CALL = "first_call"


def compare(a: Report, b: Report) -> Comparison:
    """Hold b against a, stage by stage; the same two reports always give the same figures.

    Two runs of the same task by other means (`MEANS`) are compared too; what differs stands in `work`. Beside
    the six stages stand `decode_step` (the median single step, in groups of one repetition) and `first_call`,
    the cold first prefill, which is comparable only where both found the compiler's cache in the same state.
    """
    work = _differing_work(a, b)
    obstacles = list(_obstacles(a, b))
    names = list(dict.fromkeys([*STAGES, *(s.name for s in (*a.stage_profiles, *b.stage_profiles))]))
    return Comparison(
        a=_compared_run(a),
        b=_compared_run(b),
        obstacles=obstacles,
        work=work,
        times=_times(a, b, names, obstacles[0] if obstacles else None),
        memory=[_memory(name, a.stage(name), b.stage(name)) for name in names],
        notes=differing_surroundings(a, b),
        decomposition=None if obstacles else decompose(a, b),
    )


class _Row(NamedTuple):
    """Both sides of a stage, and what stands between them."""

    name: str
    a: Groups
    b: Groups
    clocks: Clocks
    obstacle: Reason | None

    @property
    def has_interval(self) -> bool:
        """Whether there is one to be drawn: no obstacle, and several samples on both sides."""
        return self.obstacle is None and all(sum(map(len, side)) > 1 for side in (self.a, self.b))


def _times(a: Report, b: Report, names: Sequence[str], obstacle: Obstacle | None) -> list[TimeComparison]:
    """Every row; the more of them have an interval, the fewer samples each is drawn from."""
    rows = list(_rows(a, b, names, obstacle))
    most = most_resampled(sum(row.has_interval for row in rows))
    return [compare_times(*row, most=most) for row in rows]


def _rows(a: Report, b: Report, names: Sequence[str], obstacle: Obstacle | None) -> Iterator[_Row]:
    for name in names:
        mine, other = a.stage(name), b.stage(name)
        clocks = _clock(a, mine), _clock(b, other)
        yield _Row(name, _samples(mine), _samples(other), clocks, obstacle)
        if name == "decode":
            yield _Row(DECODE_STEP, a.decode_steps_ms, b.decode_steps_ms, clocks, obstacle)
    # The first call is the compiler's more than the processor's: no clock explains it.
    yield _Row(FIRST_CALL, _first_call(a), _first_call(b), (None, None), obstacle or _cold_obstacle(a, b))


def _samples(stage: StageProfile | None) -> Groups:
    if stage is None:
        return []
    # The brief's original script keeps no samples: its figure is its one sample.
    return grouped(stage.samples_ms or [stage.duration_ms], stage.sample_groups if stage.samples_ms else None)


def _first_call(report: Report) -> Groups:
    first = report.warmup.first_call_ms
    return [] if first is None else [[first]]


def _cold_obstacle(a: Report, b: Report) -> Reason | None:
    ledgers = a.warmup.compile, b.warmup.compile
    caches = [ledger.cache if ledger else None for ledger in ledgers]
    return None if caches[0] == caches[1] and caches[0] not in (None, "mixed") else "compile-cache"


def _clock(report: Report, stage: StageProfile | None) -> float | None:
    return (stage.clock_mhz if stage else None) or report.freq_normalization.actual_freq_mhz


def _differing_work(a: Report, b: Report) -> list[Difference]:
    ours, theirs = work_of(a), work_of(b)
    return [
        Difference(field=field, a=work_value(ours, field), b=work_value(theirs, field))
        for field in differing_fields(ours, theirs)
    ]


def _obstacles(a: Report, b: Report) -> Iterator[Obstacle]:
    if not (is_known_work(a) and is_known_work(b)):
        yield "unknown-work"
    elif task_of(a) != task_of(b):
        yield "other-work"
    if "invalid" in (a.quality.grade, b.quality.grade):
        yield "invalid"


def _memory(name: str, a: StageProfile | None, b: StageProfile | None) -> MemoryComparison:
    ours, theirs = (stage.memory_peak_mb if stage else None for stage in (a, b))
    return MemoryComparison(
        name=name,
        a_mb=ours,
        b_mb=theirs,
        difference_mb=None if ours is None or theirs is None else theirs - ours,
        a_source=a.memory_peak_source if a else None,
        b_source=b.memory_peak_source if b else None,
    )


def _compared_run(report: Report) -> ComparedRun:
    return ComparedRun(
        run_id=report.run_id,
        member=report.member,
        measured_at=report.meta.measured_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        model=report.meta.model_name,
        weights=report.meta.weights,
        cpu=report.cpu_info.brand,
        clock_mhz=report.cpu_info.clock_mhz,
        grade=report.quality.grade,
    )
