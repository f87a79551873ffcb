"""The choices of the pages' forms: workloads, and runs to compare. A form needs no script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..summary_table import SummaryRow, WorkloadChoice
from ..tables import Run
from ..texts import Texts
from .figures import figure, utc
from .workload_words import workload_words

_MOST_WORKLOADS = 50


@dataclass(frozen=True)
class Choice:
    """One option: what is sent, what is read, and whether it is the one shown now."""

    value: str
    words: str
    current: bool = False


def workload_choices(
    workloads: Sequence[WorkloadChoice], chosen: WorkloadChoice | None, texts: Texts
) -> list[Choice]:
    """The first workloads, and the chosen one wherever it stands."""
    current = chosen.workload_id if chosen else None
    return [
        Choice(workload.workload_id, _workload(workload, texts), workload.workload_id == current)
        for place, workload in enumerate(workloads)
        if place < _MOST_WORKLOADS or workload.workload_id == current
    ]


def named_choices(names: Iterable[str], chosen: str | None, texts: Texts) -> list[Choice]:
    """Any, then each name once in its order; the chosen one also where it is none of them."""
    once = dict.fromkeys([*names, *([chosen] if chosen else [])])
    return [Choice("", texts("any"), not chosen), *(Choice(name, name, name == chosen) for name in once)]


def run_choices(rows: Sequence[SummaryRow], texts: Texts) -> list[Choice]:
    """The runs of a summary's rows; a row of medians stands for the latest of its runs."""
    return [
        Choice(row.run_id, _run(row.member, utc(row.measured_at), _own_decode(row), texts))
        for row in rows
        if row.run_id is not None and row.measured_at is not None
    ]


def stored_run_choices(runs: Sequence[Run], current: str | None, texts: Texts) -> list[Choice]:
    """Stored runs in their order, each once; by which engine, where there are several."""
    once = {run.run_id: run for run in runs}
    several = len({run.engine for run in once.values()}) > 1
    return [
        Choice(
            run.run_id,
            _run(
                f"{run.member} · {run.engine}" if several else run.member,
                utc(run.measured_at),
                run.decode_ms_per_token,
                texts,
            ),
            run.run_id == current,
        )
        for run in once.values()
    ]


def _workload(workload: WorkloadChoice, texts: Texts) -> str:
    counts = texts("workload_members", n=workload.members, runs=workload.runs)
    return f"{workload_words(workload.work, texts)} ({counts})"


def _own_decode(row: SummaryRow) -> float | None:
    """The run's own figure; that of several runs is none of its."""
    return row.decode_ms_per_token if row.of_runs == 1 else None


def _run(who: str, moment: str, decode_ms_per_token: float | None, texts: Texts) -> str:
    words = f"{who} · {moment[:16].replace('T', ' ')}"
    if decode_ms_per_token is None:
        return words
    return f"{words} · {texts('per_token', value=figure(decode_ms_per_token, grouped=True))}"
