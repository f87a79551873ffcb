"""The summary as CSV (RFC 4180): full precision, one header line, UTF-8.

A text cell that begins with `=`, `+`, `-` or `@` (spaces before it aside) gets a `'` in front, so that
a spreadsheet shows it and does not compute it. Numbers are left alone.
"""

from __future__ import annotations

import csv
import io

from ..summary_table import SummaryRow, SummaryTable
from .csv_cells import harmless
from .figures import utc

COLUMNS = (
    "rank",
    "member",
    "cpu",
    "freq_base_mhz",
    "clock_mhz",
    "clock_source",
    "prefill_ms",
    "prefill_low",
    "prefill_high",
    "prefill_n",
    "prefill_normalized_ms",
    "decode_ms_per_token",
    "decode_low",
    "decode_high",
    "decode_n",
    "decode_normalized_ms_per_token",
    "decode_tokens_per_s",
    "peak_memory_mb",
    "ratio",
    "grade",
    "caveats",
    "measured_at",
    "age_s",
    "model",
    "weights",
    "engine",
    "dtype",
    "threads",
    "unranked",
    "differs",
    "workload_id",
    "run_id",
)


def summary_csv(table: SummaryTable) -> str:
    """One line a member, in the summary's order."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in table.rows:
        writer.writerow(_cell(row, column) for column in COLUMNS)
    return out.getvalue()


def _cell(row: SummaryRow, column: str) -> str | int | float:
    if column == "caveats":
        return harmless("; ".join(row.caveats))
    if column == "differs":
        parts = (f"{d.field}: {_word(d.this)} instead of {_word(d.reference)}" for d in row.differs)
        return harmless("; ".join(parts))
    if column == "measured_at":
        return "" if row.measured_at is None else utc(row.measured_at)
    value: str | int | float | None = getattr(row, column)
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else value


def _word(value: str | int | None) -> str:
    return "not stated" if value is None else str(value)
