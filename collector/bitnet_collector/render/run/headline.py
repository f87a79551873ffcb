"""The figures that the summary compares."""

from __future__ import annotations

from dataclasses import dataclass

from bitnet_report import Summary

from ...texts import Texts
from ..measured import Measured, measured
from ..sections import Section
from .shown import ShownRun


@dataclass(frozen=True)
class HeadlineView:
    """Prefill and decode with their intervals, and the report's own headline."""

    prefill: Measured
    decode: Measured
    summary: Summary
    clock: str


def section(shown: ShownRun, texts: Texts) -> Section:
    """Every report has a headline."""
    run = shown.run
    decode = (run.decode_low, run.decode_high)
    view = HeadlineView(
        prefill=measured(run.prefill_ms, (run.prefill_low, run.prefill_high), run.prefill_n, texts),
        decode=measured(run.decode_ms_per_token, decode, run.decode_n, texts, "step_interval_hint"),
        summary=shown.report.summary,
        clock=shown.clock,
    )
    return Section("headline", texts("headline"), view)
