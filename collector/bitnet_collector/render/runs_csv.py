"""Runs as CSV: full precision, one header line, times in UTC; what the work was stands in columns of its own.

Text that a spreadsheet would compute gets a `'` in front, as in the summary's CSV.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ..answers import RunItem
from .csv_cells import harmless

_WORK = ("model_sha256", "prompt_sha256", "prompt_tokens", "decode_tokens", "batch_size", "suite_version")
"""What a workload holds beside the columns that a run has anyway."""
_FIELDS = tuple(name for name in RunItem.model_fields if name not in ("work", "curation"))
_CURATION = ("note", "baseline", "hidden")
"""What an admin has said of a run."""

COLUMNS = (*_FIELDS, *_WORK, *(f"curation_{name}" for name in _CURATION))


def csv_header() -> str:
    """The header line."""
    return _lines([COLUMNS])


def csv_lines(runs: Sequence[RunItem]) -> str:
    """One line a run."""
    return _lines(
        [
            [
                *(_cell(getattr(run, f)) for f in _FIELDS),
                *(_cell(run.work.get(w)) for w in _WORK),
                *(_cell(getattr(run.curation, c, None)) for c in _CURATION),
            ]
            for run in runs
        ]
    )


def _lines(rows: Sequence[Sequence[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _cell(value: Any) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, list):
        return harmless("; ".join(value))
    return value if isinstance(value, int | float) else harmless(str(value))
