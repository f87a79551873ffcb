"""The summary as a page."""

from __future__ import annotations

from dataclasses import dataclass

from ..summary_table import STALE_AFTER_S, MeansRow, Show, SummaryRow, SummaryTable
from ..texts import Texts
from .caveat_words import CaveatWords, caveat_words
from .measured import Measured, measured
from .pages import PageFrame, render_page
from .pickers import Choice, run_choices, workload_choices
from .summary_words import against_words, median_words, stale_words
from .workload_words import difference_words, malloc_words, note_words, weights_words

_SHOWS: tuple[Show, ...] = ("latest", "best", "median5")


@dataclass(frozen=True)
class RowView:
    """A row with its words; `bar` is the decode time as a share (0 to 100) of the slowest ranked one."""

    row: SummaryRow
    bar: float | None
    differences: str
    prefill: Measured
    decode: Measured
    caveats: list[CaveatWords]
    stale: str | None
    medians: str | None
    is_yardstick: bool


@dataclass(frozen=True)
class MeansView:
    """A row of the table of engines with its words."""

    row: MeansRow
    decode: Measured


def summary_html(table: SummaryTable, frame: PageFrame) -> str:
    """The whole page: what is compared, the table, how to read it, downloads."""
    texts = Texts(frame.language)
    slowest = max((row.decode_ms_per_token or 0 for row in table.rows if row.rank), default=0)
    runs = run_choices(table.rows, texts)
    return render_page(
        "summary.html",
        frame,
        table=table,
        rows=[_view(row, table, slowest, texts) for row in table.rows],
        clock=f"{table.reference_freq_mhz / 1000:.1f} GHz",
        means=[_means_view(row, texts) for row in table.means],
        against=against_words(table.yardstick, texts) if table.yardstick else None,
        notes=[note_words(note, texts) for note in table.notes],
        malloc_words=lambda malloc: malloc_words(malloc, texts),
        weights_words=lambda weights: weights_words(weights, texts),
        shows=[Choice(show, texts(f"show_{show}"), show == table.show) for show in _SHOWS],
        workloads=workload_choices(table.workloads, table.workload, texts),
        hidden_workloads=max(0, len(table.workloads) - len(workload_choices(table.workloads, None, texts))),
        runs=runs if len(runs) > 1 else [],
        formats=("json", "csv", "md", "txt"),
        newcomer=next((row.member for row in table.rows if row.run_id is None), "WJ"),
        stale_days=int(STALE_AFTER_S // 86400),
    )


def _means_view(row: MeansRow, texts: Texts) -> MeansView:
    interval = (row.decode_low, row.decode_high)
    return MeansView(
        row, measured(row.decode_ms_per_token, interval, row.decode_n, texts, "step_interval_hint")
    )


def _view(row: SummaryRow, table: SummaryTable, slowest: float, texts: Texts) -> RowView:
    several = row.of_runs is not None and row.of_runs > 1
    decode = (row.decode_low, row.decode_high)
    return RowView(
        row=row,
        bar=100 * (row.decode_ms_per_token or 0) / slowest if row.rank and slowest else None,
        differences=difference_words(row.differs, texts),
        prefill=measured(row.prefill_ms, (row.prefill_low, row.prefill_high), row.prefill_n, texts),
        decode=measured(row.decode_ms_per_token, decode, row.decode_n, texts, "step_interval_hint"),
        caveats=caveat_words(row.reasons, texts),
        stale=stale_words(row.age_s, texts) if row.stale and row.age_s is not None else None,
        medians=median_words(row, texts) if several else None,
        is_yardstick=table.yardstick is not None and row.run_id == table.yardstick.run_id,
    )
