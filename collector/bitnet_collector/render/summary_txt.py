"""The summary as text for a terminal: aligned columns, wide characters counted as two."""

from __future__ import annotations

from ..summary_table import REFERENCE_MHZ, SummaryRow, SummaryTable
from ..texts import Texts
from .figures import age, figure, gigahertz, megabytes, one_line, spread, width
from .summary_words import against_words, median_words, stale_words
from .text_table import aligned
from .workload_words import difference_words, malloc_words, note_words, workload_words

_WIDEST = 40
_LEFT_COLUMNS = (1, 2)  # member and CPU; all others are numbers and short words


def summary_txt(table: SummaryTable, texts: Texts) -> str:
    """The workload in one line, the table, and what must be known beside it."""
    clock = gigahertz(REFERENCE_MHZ).replace(".00", ".0")
    head = [texts("summary_title")]
    if table.workload:
        head.append(one_line(workload_words(table.workload.work, texts)))
    if table.show != "latest":
        head.append(texts(f"show_{table.show}_lead"))
    header = [
        "#",
        texts("member"),
        texts("cpu"),
        texts("base"),
        texts("clock"),
        texts("prefill"),
        "n",
        f"@ {clock}",
        texts("decode"),
        "n",
        f"@ {clock}",
        texts("speed"),
        texts("ratio_short"),
        texts("memory"),
        texts("grade"),
        texts("run"),
    ]
    lines = aligned([header, *(_cells(row, texts) for row in table.rows)], _LEFT_COLUMNS)
    remarks = [against_words(table.yardstick, texts)] if table.yardstick else []
    remarks += [remark for row in table.rows for remark in _remarks(row, texts)]
    remarks += [one_line(note_words(note, texts)) for note in table.notes]
    means = _means(table, texts)
    return "\n".join([*head, "", *lines, *([""] if remarks else []), *remarks, *means, ""])


def _means(table: SummaryTable, texts: Texts) -> list[str]:
    if not table.means:
        return []
    keys = ("member", "engine", "malloc", "prefill", "decode", "means_speedup", "memory", "grade")
    rows = [
        [
            row.member,
            one_line(row.engine),
            malloc_words(row.malloc, texts),
            figure(row.prefill_ms),
            _interval(row.decode_ms_per_token, row.decode_low, row.decode_high),
            "" if row.speedup is None else texts("times", value=f"{row.speedup:.2f}"),
            megabytes(row.peak_memory_mb),
            row.grade or "",
        ]
        for row in table.means
    ]
    return ["", texts("means"), *aligned([[texts(key) for key in keys], *rows], left=(0, 1, 2))]


def _cells(row: SummaryRow, texts: Texts) -> list[str]:
    if row.run_id is None or row.age_s is None:
        return ["", row.member, texts("no_run"), *[""] * 13]
    number, unit = age(row.age_s)
    return [
        "" if row.rank is None else str(row.rank),
        row.member,
        _shortened(one_line(row.cpu or "")),
        gigahertz(row.freq_base_mhz),
        gigahertz(row.clock_mhz),
        _interval(row.prefill_ms, row.prefill_low, row.prefill_high),
        "" if row.prefill_n is None else str(row.prefill_n),
        figure(row.prefill_normalized_ms),
        _interval(row.decode_ms_per_token, row.decode_low, row.decode_high),
        "" if row.decode_n is None else str(row.decode_n),
        figure(row.decode_normalized_ms_per_token),
        figure(row.decode_tokens_per_s),
        "" if row.ratio is None else texts("times", value=f"{row.ratio:.2f}"),
        megabytes(row.peak_memory_mb),
        row.grade or "",
        texts(f"age_{unit}", n=number),
    ]


def _interval(value: float | None, low: float | None, high: float | None) -> str:
    half = spread(value, low, high)
    return figure(value) if half is None else f"{figure(value)} ± {half}"


def _remarks(row: SummaryRow, texts: Texts) -> list[str]:
    remarks = []
    if row.weights == "stand-in":
        remarks.append(f"{row.member}: {texts('stand_in')} ({texts('stand_in_hint')})")
    if row.stale and row.age_s is not None:
        remarks.append(f"{row.member}: {stale_words(row.age_s, texts)}")
    if row.of_runs and row.of_runs > 1:
        remarks.append(f"{row.member}: {median_words(row, texts)}")
    if row.unranked not in (None, "no-run"):
        differences = one_line(difference_words(row.differs, texts))
        remarks.append(f"{row.member}: {texts(f'unranked_{row.unranked}')} {differences}".rstrip())
    return remarks


def _shortened(text: str) -> str:
    if width(text) <= _WIDEST:
        return text
    while width(text) > _WIDEST - 1:
        text = text[:-1]
    return text + "…"
