"""The summary as the brief's own Markdown table, in its Chinese columns, ready to paste.

Values are escaped, so that none of them is read as Markdown or HTML. A footnote tells which rows are
of other work or of stand-in weights or old, and a line which runs are shown if not the latest.
"""

from __future__ import annotations

import re

from ..summary_table import SummaryRow, SummaryTable
from ..texts import Texts
from .figures import figure, megabytes, one_line
from .workload_words import difference_words

HEADER = (
    "| 成员 | CPU 型号 | 基准频率 | Prefill (ms) | Decode (ms/token) | 峰值内存 (MB) |\n"
    "|------|----------|----------|--------------|-------------------|---------------|\n"
)


def summary_md(table: SummaryTable) -> str:
    """The table, with footnotes where a row is not of the same work as the others."""
    notes: list[str] = []
    lines = [_line(row, notes) for row in table.rows]
    if table.show != "latest":
        notes.append(Texts("zh")(f"show_{table.show}_lead"))
    foot = "\n" + "\n".join(notes) + "\n" if notes else ""
    return HEADER + "".join(lines) + foot


def _line(row: SummaryRow, notes: list[str]) -> str:
    remark = _remark(row)
    if remark:
        notes.append(f"{len(notes) + 1}. {_escape(row.member)}：{remark}")
    cells = (
        _escape(row.member) + (f" [{len(notes)}]" if remark else ""),
        _escape(row.cpu or ""),
        "" if row.freq_base_mhz is None else f"{row.freq_base_mhz:.0f} MHz",
        "" if row.prefill_ms is None else figure(row.prefill_ms),
        "" if row.decode_ms_per_token is None else figure(row.decode_ms_per_token),
        "" if row.peak_memory_mb is None else megabytes(row.peak_memory_mb),
    )
    return "| " + " | ".join(cells) + " |\n"


def _remark(row: SummaryRow) -> str:
    parts = []
    if row.weights == "stand-in":
        parts.append("替身权重（stand-in），非官方权重")
    if row.unranked == "unknown-work":
        parts.append("报告未能证明所做的工作，不可直接比较")
    if row.differs:
        parts.append(f"工作负载不同，不可直接比较：{_escape(difference_words(row.differs, Texts('zh')))}")
    if row.stale and row.age_s is not None:
        parts.append(f"结果较旧，测量于 {int(row.age_s // 86400)} 天前")
    return "；".join(parts)


def _escape(text: str) -> str:
    text = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"([\\`*_\[\]|~$])", r"\\\1", text)
    text = re.sub(r":(?=//)", "&#58;", text)  # GitHub would make links of these
    text = re.sub(r"(?i)(?<=www)\.", "&#46;", text)
    return re.sub(r"@(?=\w)", "&#64;", text)
