"""What torch compiled during the warm-up, ready for the page's table."""

from __future__ import annotations

from dataclasses import dataclass

from bitnet_report import Warmup

from ..texts import Texts
from .figures import figure

_MOST_ROWS = 100


@dataclass(frozen=True)
class CompileRow:
    """One function, compiled once; `reason` is empty where it was the first time."""

    function: str
    time: str
    step: str
    reason: str


def compile_rows(warmup: Warmup, texts: Texts) -> list[CompileRow]:
    """The functions in the order in which they were compiled, at most `_MOST_ROWS`."""
    compilations = warmup.compile.compilations if warmup.compile else []
    steps = len(warmup.steps)
    return [
        CompileRow(
            function=c.function,
            time=figure(c.compile_ms, grouped=True),
            # What was compiled after the last warm-up step was compiled while it was measured.
            step=str(c.warmup_step + 1) if c.warmup_step < steps else texts("compile_while_measuring"),
            reason=c.recompile_reason or "",
        )
        for c in compilations[:_MOST_ROWS]
    ]


def compile_rows_left_out(warmup: Warmup) -> int:
    """How many more there are in the report."""
    return max(0, len(warmup.compile.compilations) - _MOST_ROWS) if warmup.compile else 0
