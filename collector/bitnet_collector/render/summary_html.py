"""The summary as a page."""

from __future__ import annotations

from dataclasses import dataclass

from ..summary_table import SummaryRow, SummaryTable, WorkloadChoice
from ..texts import Texts
from .caveat_words import CaveatWords, caveat_words
from .measured import Measured, measured
from .pages import PageFrame, render_page
from .workload_words import difference_words, malloc_words, note_words, weights_words, workload_words

_SHOWN_WORKLOADS = 12


@dataclass(frozen=True)
class RowView:
    """A row with its words; `bar` is the decode time as a share (0 to 100) of the slowest ranked one."""

    row: SummaryRow
    bar: float | None
    differences: str
    prefill: Measured
    decode: Measured
    caveats: list[CaveatWords]


@dataclass(frozen=True)
class WorkloadView:
    """A workload in the picker."""

    choice: WorkloadChoice
    words: str
    current: bool


def summary_html(table: SummaryTable, frame: PageFrame) -> str:
    """The whole page: what is compared, the table, how to read it, downloads."""
    texts = Texts(frame.language)
    slowest = max((row.decode_ms_per_token or 0 for row in table.rows if row.rank), default=0)
    rows = [
        RowView(
            row=row,
            bar=100 * (row.decode_ms_per_token or 0) / slowest if row.rank and slowest else None,
            differences=difference_words(row.differs, texts),
            prefill=measured(row.prefill_ms, (row.prefill_low, row.prefill_high), row.prefill_n, texts),
            decode=measured(
                row.decode_ms_per_token,
                (row.decode_low, row.decode_high),
                row.decode_n,
                texts,
                "step_interval_hint",
            ),
            caveats=caveat_words(row.reasons, texts),
        )
        for row in table.rows
    ]
    chosen = table.workload.workload_id if table.workload else None
    return render_page(
        "summary.html",
        frame,
        table=table,
        fastest=next((row for row in table.rows if row.rank == 1), None),
        rows=rows,
        clock=f"{table.reference_freq_mhz / 1000:.1f} GHz",
        notes=[note_words(note, texts) for note in table.notes],
        malloc_words=lambda malloc: malloc_words(malloc, texts),
        weights_words=lambda weights: weights_words(weights, texts),
        workloads=[
            WorkloadView(choice, workload_words(choice.work, texts), choice.workload_id == chosen)
            for choice in table.workloads[:_SHOWN_WORKLOADS]
        ],
        hidden_workloads=max(0, len(table.workloads) - _SHOWN_WORKLOADS),
        formats=("json", "csv", "md", "txt"),
        newcomer=next((row.member for row in table.rows if row.run_id is None), "WJ"),
    )
