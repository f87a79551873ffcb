"""A run's stages as CSV (RFC 4180): one line a stage, full precision, the report's own names."""

from __future__ import annotations

import csv
import io

from bitnet_report import Report, StageProfile

from .csv_cells import harmless

COLUMNS = (
    "name",
    "duration_ms",
    "duration_normalized_ms",
    "n",
    "low_ms",
    "high_ms",
    "tokens",
    "ms_per_token",
    "clock_mhz",
    "cycles_per_token",
    "memory_before_mb",
    "memory_after_mb",
    "memory_delta_mb",
    "memory_peak_mb",
    "memory_peak_source",
    "samples_ms",
)


def stages_csv(report: Report) -> str:
    """Each stage in the report's order; the samples stand in one cell, separated by spaces."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for stage in report.stage_profiles:
        writer.writerow(_cell(stage, column) for column in COLUMNS)
    return out.getvalue()


def _cell(stage: StageProfile, column: str) -> str | int | float:
    statistics = stage.statistics
    if column == "samples_ms":
        return " ".join(map(str, stage.samples_ms))
    if column == "n":
        return len(stage.samples_ms) or ""
    if column in ("low_ms", "high_ms"):
        value = getattr(statistics, column.removesuffix("_ms")) if statistics else None
    else:
        value = getattr(stage, column)
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else value
