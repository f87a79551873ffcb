"""What a person sees of a sweep: a line a run, and every point in one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bitnet_report import Report
from bitnet_report.statistics import half_width

from ..errors import AgentError
from ..sweep.grid import Point
from ..sweep.running import TurnDone
from .language import Language, text
from .tables import print_whole

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "begin": (
        "{points} points, {rounds} rounds, in shuffled order; kept in {directory}",
        "{points} 个测点，{rounds} 轮，随机顺序；保存在 {directory}",
    ),
    "before": ("{key}: done before", "{key}：此前已完成"),
    "done": (
        "{key}: prefill {prefill} ms, decode {decode} ms/token",
        "{key}：Prefill {prefill} ms，Decode {decode} ms/token",
    ),
    "title": ("The sweep", "扫描结果"),
    "same": ("the same at every point: {values}", "各测点相同：{values}"),
    "separator": (", ", "，"),
    "prompt": ("Prompt", "Prompt"),
    "decoded": ("Decode", "Decode"),
    "depth": ("Depth", "上下文"),
    "threads": ("Threads", "线程"),
    "engine": ("Engine", "引擎"),
    "malloc": ("Malloc", "Malloc"),
    "prefill_ms": ("Prefill (ms)", "Prefill (ms)"),
    "decode_ms": ("Decode (ms/token)", "Decode (ms/token)"),
    "peak": ("Peak (MB)", "峰值 (MB)"),
    "grade": ("Grade", "等级"),
}


class SweepScreen:
    """Speaks on one console in one language; `quiet` leaves only what went wrong."""

    def __init__(self, console: Console, language: Language, *, quiet: bool) -> None:
        """Speak on `console` in `language`."""
        self._console, self._language, self._quiet = console, language, quiet

    def begin(self, directory: Path, points: int, rounds: int) -> None:
        """Tell what is going to be done."""
        self._line(self._word("begin", points=points, rounds=rounds, directory=directory))

    def turn_done(self, number: int, total: int, done: TurnDone) -> None:
        """Tell how one run came out."""
        key = f"[{number}/{total}] {done.turn.point.key}"
        if done.fault is not None:
            self._fault(key, done.fault)
        elif done.report is None:
            self._line(self._word("before", key=key))
        else:
            summary = done.report.summary
            self._line(
                self._word(
                    "done", key=key, prefill=_ms(summary.prefill_ms), decode=_ms(summary.decode_ms_per_token)
                )
            )

    def not_delivered(self, point: Point, error: AgentError) -> None:
        """Tell that a point's report waits in the spool."""
        self._fault(point.key, error)

    def table(self, reports: Sequence[Report]) -> None:
        """Print every point that has a report, and below it what is the same at all of them."""
        if self._quiet or not reports:
            return
        table = Table(
            title=self._word("title"),
            title_justify="left",
            title_style="bold",
            box=SIMPLE_HEAD,
            padding=(0, 1, 0, 0),
        )
        axes = {key: [_AXES[key](report) for report in reports] for key in _AXES}
        varied = [key for key, values in axes.items() if len({*values}) > 1]
        for key in varied:
            table.add_column(self._word(key), justify="left" if key in ("engine", "malloc") else "right")
        for key in ("prefill_ms", "decode_ms", "peak"):
            table.add_column(self._word(key), justify="right", no_wrap=True)
        table.add_column(self._word("grade"), no_wrap=True)
        for place, report in enumerate(reports):
            table.add_row(
                *(escape(cell) for cell in (*(axes[key][place] for key in varied), *_cells(report)))
            )
        print_whole(self._console, table)
        same = [f"{self._word(key)} {values[0]}" for key, values in axes.items() if key not in varied]
        if same:
            self._line(self._word("same", values=self._word("separator").join(same)))

    def _fault(self, where: str, error: AgentError) -> None:
        self._console.print(
            f"{where}: {text(self._language, 'error')}: {error.message}", markup=False, soft_wrap=True
        )
        if error.remedy:
            self._console.print(
                f"  {text(self._language, 'remedy')}: {error.remedy}", markup=False, soft_wrap=True
            )

    def _line(self, line: str) -> None:
        if not self._quiet:
            self._console.print(line, markup=False, soft_wrap=True)

    def _word(self, word: str, **values: object) -> str:
        return _WORDS[word][0 if self._language == "en" else 1].format(**values)


_AXES: Final[dict[str, Callable[[Report], str]]] = {
    "prompt": lambda report: str(report.workload.prompt_tokens or ""),
    "decoded": lambda report: str(report.workload.decode_tokens or ""),
    "depth": lambda report: str(report.workload.context_depth),
    "threads": lambda report: str(report.workload.threads or ""),
    "engine": lambda report: report.workload.engine,
    "malloc": lambda report: report.workload.malloc,
}
"""What a point states along each axis; the table has a column for those that differ, so that it fits."""


def _cells(report: Report) -> list[str]:
    summary = report.summary
    prefill, decode = report.stage("prefill"), report.stage("decode")
    low, high = (decode.ms_per_token_low, decode.ms_per_token_high) if decode else (None, None)
    return [
        _with_spread(summary.prefill_ms, half_width(prefill.statistics if prefill else None)),
        _with_spread(summary.decode_ms_per_token, None if low is None or high is None else (high - low) / 2),
        "–" if summary.peak_memory_mb is None else f"{summary.peak_memory_mb:,.0f}",
        report.quality.grade or "–",
    ]


def _with_spread(value: float | None, half: float | None) -> str:
    return _ms(value) if half is None else f"{_ms(value)} ± {_ms(half)}"


def _ms(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.{0 if value >= 1000 else 1 if value >= 100 else 2}f}"
