"""From the members' latest runs to the merged table. Only runs of the same, proven work are ranked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bitnet_report import Caveat, differing_fields, work_value

from .summary_table import (
    REFERENCE_MHZ,
    Difference,
    Note,
    SummaryRow,
    SummaryTable,
    Unranked,
    WorkloadChoice,
)
from .tables import Run, Standing
from .workloads import choose_workload, workloads_of


def summarize_runs(
    standings: Sequence[Standing], members: Sequence[str], now: datetime, workload_id: str | None = None
) -> SummaryTable:
    """Merge the latest runs into one row a member: `members` first, then others who reported.

    Raises:
        UnknownWorkloadError: `workload_id` is given, but no run is of it.
    """
    workloads = workloads_of(standings)
    chosen = choose_workload(workloads, workload_id)
    reported = {standing.run.member for standing in standings}
    order = [*members, *sorted(reported - set(members))]
    runs = [_run_to_show(standings, member, chosen) for member in order]
    fastest = sorted(run.decode_ms_per_token or 0 for run in runs if run and _unranked(run, chosen) is None)
    rows = [_row(member, run, chosen, fastest, now) for member, run in zip(order, runs, strict=True)]
    return SummaryTable(
        generated_at=now,
        workload=chosen,
        rows=rows,
        notes=_notes([run for run in runs if run is not None], chosen),
        workloads=workloads,
    )


def _run_to_show(standings: Sequence[Standing], member: str, chosen: WorkloadChoice | None) -> Run | None:
    """The member's run in the chosen workload, else their latest in any other."""
    runs = [standing.run for standing in standings if standing.run.member == member]
    return max(
        runs,
        key=lambda run: (_is_of(run, chosen), run.measured_at, run.run_id),
        default=None,
    )


def _is_of(run: Run, chosen: WorkloadChoice | None) -> bool:
    return chosen is not None and run.workload_id == chosen.workload_id


def _unranked(run: Run, chosen: WorkloadChoice | None) -> Unranked | None:
    if not _is_of(run, chosen):
        return "other-work"
    if not run.known_work:
        return "unknown-work"
    if run.grade == "invalid":
        return "invalid"
    return None if run.decode_ms_per_token else "no-decode-time"


def _row(
    member: str, run: Run | None, chosen: WorkloadChoice | None, fastest: Sequence[float], now: datetime
) -> SummaryRow:
    if run is None:
        return SummaryRow(member=member, unranked="no-run")
    unranked = _unranked(run, chosen)
    decode = run.decode_ms_per_token
    return SummaryRow(
        member=member,
        rank=None if unranked or decode is None else fastest.index(decode) + 1,
        ratio=None if unranked or decode is None else decode / fastest[0],
        unranked=unranked,
        run_id=run.run_id,
        workload_id=run.workload_id,
        measured_at=run.measured_at,
        age_s=max(0.0, (now - run.measured_at).total_seconds()),
        cpu=run.cpu,
        freq_base_mhz=run.freq_base_mhz,
        clock_mhz=run.clock_mhz,
        clock_source=run.clock_source,
        prefill_ms=run.prefill_ms,
        prefill_low=run.prefill_low,
        prefill_high=run.prefill_high,
        prefill_n=run.prefill_n,
        prefill_normalized_ms=_at_reference(run.prefill_normalized_ms, run),
        decode_ms_per_token=decode,
        decode_low=run.decode_low,
        decode_high=run.decode_high,
        decode_n=run.decode_n,
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


def fastest_run(standings: Sequence[Standing], workload_id: str) -> Run | None:
    """The run that leads this workload's table, or None where none is ranked."""
    workload = next((w for w in workloads_of(standings) if w.workload_id == workload_id), None)
    ranked = [standing.run for standing in standings if _unranked(standing.run, workload) is None]
    return min(ranked, key=lambda run: (run.decode_ms_per_token or 0, run.run_id), default=None)


def _at_reference(normalized_ms: float | None, run: Run) -> float | None:
    """A report may name another reference clock: scale its normalised time (ms) on to 3.0 GHz."""
    return None if normalized_ms is None else normalized_ms * run.reference_freq_mhz / REFERENCE_MHZ


def _differences(run: Run, chosen: WorkloadChoice | None) -> list[Difference]:
    if chosen is None or _is_of(run, chosen):
        return []
    return [
        Difference(field=field, this=work_value(run.work, field), reference=work_value(chosen.work, field))
        for field in differing_fields(chosen.work, run.work)
    ]


def _notes(runs: Sequence[Run], chosen: WorkloadChoice | None) -> list[Note]:
    same_work = [run for run in runs if _is_of(run, chosen)]
    threads: dict[str, str | int | None] = {run.member: run.threads for run in same_work}
    tokens: dict[str, str | int | None] = {
        run.member: run.generated_sha256
        for run in same_work
        if run.generated_sha256 is not None and _unranked(run, chosen) is None
    }
    notes = []
    if len(set(threads.values())) > 1:
        notes.append(Note(code="threads-differ", values=threads))
    if len(set(tokens.values())) > 1:
        notes.append(Note(code="tokens-differ", values=tokens))
    return notes
