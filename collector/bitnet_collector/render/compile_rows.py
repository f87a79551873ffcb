"""What torch compiled during the warm-up, ready for the page's table."""

from __future__ import annotations

from dataclasses import dataclass

from bitnet_report import Compilation, Warmup

from ..texts import Texts
from .figures import figure
from .stage_rows import stage_words

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
            step=_when(c, steps, texts),
            reason=c.recompile_reason or "",
        )
        for c in compilations[:_MOST_ROWS]
    ]


def _when(compilation: Compilation, steps: int, texts: Texts) -> str:
    if compilation.stage is not None:
        return stage_words(compilation.stage, texts)
    # What was compiled after the last warm-up step was compiled while it was measured.
    return (
        str(compilation.warmup_step + 1)
        if compilation.warmup_step < steps
        else texts("compile_while_measuring")
    )


def compile_rows_left_out(warmup: Warmup) -> int:
    """How many more there are in the report."""
    return max(0, len(warmup.compile.compilations) - _MOST_ROWS) if warmup.compile else 0
