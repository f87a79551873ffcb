"""What was run and thrown away: the cold first call, the repetitions until steady, the compile ledger."""

from __future__ import annotations

from dataclasses import dataclass

from bitnet_report import Warmup

from ...texts import Texts
from ..charts.drawing import Chart
from ..charts.warmup_calls import warmup_calls
from ..compile_rows import CompileRow, compile_rows, compile_rows_left_out
from ..figures import figure
from ..sections import Section
from .shown import ShownRun


@dataclass(frozen=True)
class WarmupView:
    """The chart, the report's warm-up, the compiled functions, and how many of them are left out."""

    chart: Chart | None
    warmup: Warmup
    times_steady: str | None
    compiled: list[CompileRow]
    left_out: int


def section(shown: ShownRun, texts: Texts) -> Section | None:
    """Only where the report tells of a warm-up."""
    warmup = shown.report.warmup
    if warmup.first_call_ms is None and not warmup.steps and warmup.compile is None:
        return None
    view = WarmupView(
        chart=warmup_calls(shown.report, texts),
        warmup=warmup,
        times_steady=_times_steady(shown),
        compiled=compile_rows(warmup, texts),
        left_out=compile_rows_left_out(warmup),
    )
    return Section("warmup", texts("warmup"), view)


def _times_steady(shown: ShownRun) -> str | None:
    """How many times the steady prefill the cold first call took."""
    prefill, first = shown.report.stage("prefill"), shown.report.warmup.first_call_ms
    if prefill is None or first is None or prefill.duration_ms <= 0:
        return None
    return figure(first / prefill.duration_ms, grouped=True)
