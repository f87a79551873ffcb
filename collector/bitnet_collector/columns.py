"""From a report to its row: a pure function, so that every row can be made again from the raw report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bitnet_report import Report, Statistics, is_known_work, work_of, workload_id

from .tables import Run


def run_columns(report: Report, member: str, sha256: str, received_at: datetime) -> Run:
    """The row of `run_values` as an object."""
    return Run(**run_values(report, member, sha256, received_at))


def run_values(report: Report, member: str, sha256: str, received_at: datetime) -> dict[str, Any]:
    """Make the row of a report that `member` sent; a start in the future counts as `received_at`.

    Every column has its value, so that rows can be inserted together.
    """
    cpu, workload, summary = report.cpu_info, report.workload, report.summary
    prefill, decode = report.stage("prefill"), report.stage("decode")
    return dict(
        run_id=report.run_id,
        sha256=sha256,
        received_at=received_at,
        measured_at=min(report.meta.measured_at, received_at),
        member=member,
        schema_version=report.schema_version,
        agent_version=report.meta.agent_version,
        workload_id=workload_id(report),
        sweep_id=report.meta.sweep.sweep_id if report.meta.sweep else None,
        work=work_of(report),
        known_work=is_known_work(report),
        model=report.meta.model_name,
        weights=report.meta.weights,
        engine=workload.engine,
        dtype=workload.dtype,
        threads=workload.threads,
        generated_sha256=workload.generated_sha256,
        cpu=cpu.brand,
        freq_base_mhz=cpu.freq_base_mhz,
        clock_mhz=cpu.clock_mhz,
        clock_source=cpu.clock_source,
        reference_freq_mhz=report.freq_normalization.reference_freq_mhz,
        total_time_ms=summary.total_time_ms,
        prefill_ms=summary.prefill_ms,
        prefill_normalized_ms=summary.prefill_normalized_ms,
        decode_ms_per_token=summary.decode_ms_per_token,
        decode_normalized_ms_per_token=summary.decode_normalized_ms_per_token,
        decode_tokens_per_s=summary.decode_tokens_per_s,
        peak_memory_mb=summary.peak_memory_mb,
        grade=report.quality.grade,
        caveats=[caveat.code for caveat in report.quality.caveats],
        reasons=[caveat.model_dump() for caveat in report.quality.caveats],
        **_interval("prefill", prefill.statistics if prefill else None),
        decode_low=decode.ms_per_token_low if decode else None,
        decode_high=decode.ms_per_token_high if decode else None,
        decode_n=sum(map(len, report.decode_steps_ms)) or None,
    )


def _interval(stage: str, statistics: Statistics | None) -> dict[str, Any]:
    return {
        f"{stage}_low": statistics.low if statistics else None,
        f"{stage}_high": statistics.high if statistics else None,
        f"{stage}_n": statistics.n if statistics else None,
    }
