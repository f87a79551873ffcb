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
    "decode_least",
    "decode_most",
    "decode_normalized_ms_per_token",
    "decode_tokens_per_s",
    "peak_memory_mb",
    "ratio",
    "grade",
    "caveats",
    "measured_at",
    "age_s",
    "stale",
    "of_runs",
    "model",
    "weights",
    "engine",
    "dtype",
    "threads",
    "unranked",
    "differs",
    "workload_id",
    "run_id",
    "show",
    "yardstick",
    "yardstick_run_id",
)


def summary_csv(table: SummaryTable) -> str:
    """One line a member, in the summary's order."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in table.rows:
        writer.writerow(_cell(row, column, table) for column in COLUMNS)
    return out.getvalue()


def _cell(row: SummaryRow, column: str, table: SummaryTable) -> str | int | float:
    value = _value(row, column, table)
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return harmless(value) if isinstance(value, str) else value


def _value(row: SummaryRow, column: str, table: SummaryTable) -> str | int | float | None:
    yardstick = table.yardstick
    made: dict[str, str | None] = {
        "caveats": "; ".join(row.caveats),
        "differs": "; ".join(
            f"{d.field}: {_word(d.this)} instead of {_word(d.reference)}" for d in row.differs
        ),
        "measured_at": utc(row.measured_at) if row.measured_at else None,
        "show": table.show,
        "yardstick": yardstick.kind if yardstick else None,
        "yardstick_run_id": yardstick.run_id if yardstick else None,
    }
    value: str | int | float | None = made[column] if column in made else getattr(row, column)
    return value


def _word(value: str | int | None) -> str:
    return "not stated" if value is None else str(value)
