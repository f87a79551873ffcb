"""One row of the summary: its figures, its rank, and why it may have none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from bitnet_report import Caveat, differing_fields, work_value

from .summary_table import (
    REFERENCE_MHZ,
    STALE_AFTER_S,
    Difference,
    SummaryRow,
    Unranked,
    WorkloadChoice,
    Yardstick,
)
from .tables import Run


class RankedRow(NamedTuple):
    """What a member's row shows: one run, or several as one (`run`), and why it is not ranked."""

    run: Run
    runs: Sequence[Run]
    unranked: Unranked | None

    @property
    def decode(self) -> float:
        """Decode ms/token; zero where there is none."""
        return self.run.decode_ms_per_token or 0.0


def unranked_reason(run: Run, chosen: WorkloadChoice | None) -> Unranked | None:
    """Why this run has no rank in the chosen workload, or None where it has one."""
    if chosen is None or run.workload_id != chosen.workload_id:
        return "other-work"
    if not run.known_work:
        return "unknown-work"
    if run.grade == "invalid":
        return "invalid"
    return None if run.decode_ms_per_token else "no-decode-time"


def summary_row(
    member: str,
    shown: RankedRow | None,
    *,
    chosen: WorkloadChoice | None,
    ranked: Sequence[float],
    yardstick: Yardstick | None,
    now: datetime,
) -> SummaryRow:
    """The row of a member; `ranked` are the decode times (ms/token) of all ranked rows, sorted."""
    if shown is None:
        return SummaryRow(member=member, unranked="no-run")
    run, several = shown.run, len(shown.runs) > 1
    in_order = shown.unranked is None
    decodes = [one.decode_ms_per_token for one in shown.runs if one.decode_ms_per_token is not None]
    age_s = max(0.0, (now - run.measured_at).total_seconds())
    return SummaryRow(
        member=member,
        rank=ranked.index(shown.decode) + 1 if in_order else None,
        ratio=shown.decode / yardstick.decode_ms_per_token if in_order and yardstick else None,
        unranked=shown.unranked,
        run_id=run.run_id,
        workload_id=run.workload_id,
        sweep_id=run.sweep_id,
        measured_at=run.measured_at,
        age_s=age_s,
        stale=age_s > STALE_AFTER_S,
        of_runs=len(shown.runs),
        cpu=run.cpu,
        freq_base_mhz=run.freq_base_mhz,
        clock_mhz=run.clock_mhz,
        clock_source=run.clock_source,
        prefill_ms=run.prefill_ms,
        prefill_low=run.prefill_low,
        prefill_high=run.prefill_high,
        prefill_n=run.prefill_n,
        prefill_normalized_ms=_at_reference(run.prefill_normalized_ms, run),
        decode_ms_per_token=run.decode_ms_per_token,
        decode_low=run.decode_low,
        decode_high=run.decode_high,
        decode_n=run.decode_n,
        decode_least=min(decodes) if several and decodes else None,
        decode_most=max(decodes) if several and decodes else None,
        decode_normalized_ms_per_token=_at_reference(run.decode_normalized_ms_per_token, run),
        decode_tokens_per_s=run.decode_tokens_per_s,
        peak_memory_mb=run.peak_memory_mb,
        grade=run.grade,
        caveats=run.caveats,
        reasons=[Caveat.model_validate(reason) for reason in run.reasons or []],
        model=run.model,
        weights=run.weights,
        engine=run.engine,
        dtype=run.dtype,
        threads=run.threads,
        differs=_differences(run, chosen),
    )


def _at_reference(normalized_ms: float | None, run: Run) -> float | None:
    """A report may name another reference clock: scale its normalised time (ms) on to 3.0 GHz."""
    return None if normalized_ms is None else normalized_ms * run.reference_freq_mhz / REFERENCE_MHZ


def _differences(run: Run, chosen: WorkloadChoice | None) -> list[Difference]:
    if chosen is None or run.workload_id == chosen.workload_id:
        return []
    return [
        Difference(field=field, this=work_value(run.work, field), reference=work_value(chosen.work, field))
        for field in differing_fields(chosen.work, run.work)
    ]
