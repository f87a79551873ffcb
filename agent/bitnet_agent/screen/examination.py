"""An examination as one screen on standard output."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..doctor.finding import Finding
from ..doctor.verdict import best_grade
from ..doctor.wordings import sentences, wording_of
from .language import Language

_STYLES = {"ok": "green", "note": "cyan", "doubt": "yellow", "bad": "bold red"}
_NARROWEST = 100  # columns; a pipe or a file has no width of its own
_WORDS = {
    "check": ("Check", "检查项"), "status": ("Status", "结果"), "finding": ("Finding", "说明"),
    "ok": ("ok", "正常"), "note": ("note", "提示"), "doubt": ("doubt", "存疑"), "bad": ("bad", "不行"),
    "model": ("Model", "模型"), "disk": ("Disk", "磁盘"), "memory": ("Memory", "内存"),
    "compiler": ("Compiler", "编译器"), "cache": ("Compile cache", "编译缓存"),
    "versions": ("Versions", "版本"),
    "clock": ("Clock", "频率"), "governor": ("Governor", "调频策略"), "battery": ("Power", "供电"),
    "load": ("Load", "负载"), "threads": ("Threads", "线程"), "swap": ("Swap", "交换区"),
    "temperature": ("Temperature", "温度"), "collector": ("Collector", "收集端"),
    "spool": ("Spool", "待发队列"),
    "token": ("Token", "令牌"),
    "doctor": ("Doctor", "诊断"),
    "best_A": ("A run now could be graded A.", "现在运行可评为 A 级。"),
    "best_B": ("A run now would be graded B at best: see the doubts.", "现在运行最高评为 B 级：见存疑各项。"),
    "best_None": (
        "A run now would fail or be graded C: mend what is bad first.",
        "现在运行会失败或只能评为 C 级：请先解决“不行”的各项。",
    ),
}  # fmt: skip


def print_examination(findings: Sequence[Finding], language: Language) -> None:
    """Print each finding with its remedy under it, and the best grade that a run could have."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _NARROWEST)
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column(_word("check", language), no_wrap=True)
    table.add_column(_word("status", language), no_wrap=True)
    table.add_column(_word("finding", language))
    for finding in findings:
        wording = wording_of(finding)
        message, remedy = sentences(finding, language)
        told = escape(message) if remedy is None else f"{escape(message)}\n[dim]→ {escape(remedy)}[/]"
        status = f"[{_STYLES[wording.status]}]{_word(wording.status, language)}[/]"
        table.add_row(_word(wording.check, language), status, told)
    console.print(table)
    console.print(_word(f"best_{best_grade(findings)}", language))


def _word(key: str, language: Language) -> str:
    return _WORDS[key][0 if language == "en" else 1]
