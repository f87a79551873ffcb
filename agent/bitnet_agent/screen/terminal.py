"""What a person sees, on standard error: progress while a run goes on, the table when it is over."""

from __future__ import annotations

import time
from types import TracebackType

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from bitnet_report import MALLOCS, Report, StageProfile, caveat_sentences, findings, what_a_run_says
from bitnet_report.statistics import half_width

from ..plan import DEFAULT_ENGINE
from .language import Language, text
from .operators import print_operators
from .roofline import print_roofline
from .tables import needed_width, print_whole

_REFRESH_S = 0.1
_COLUMNS = ("time", "spread", "samples", "normalized", "per_token", "before", "after", "delta", "peak")
_LEFT_OUT_FIRST = ("before", "delta", "after", "per_token", "normalized")
"""Where the terminal is too narrow: before is after less change; the rest stands in the report."""
_FEW_SAMPLES = 6
"""Below it the bootstrap of a median gives the range of the samples, whatever level is asked for."""
_BYTES_PHASES = ("prepare", "load_model")


def console() -> Console:
    """A console on standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=False)


class TerminalDisplay:
    """Progress bars, drawn only when the run calls: no thread of theirs runs beside a timed span."""

    def __init__(self, console: Console, language: Language) -> None:
        """Draw on `console` in `language`."""
        self._language = language
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[amount]}"),
            TimeElapsedColumn(),
            console=console,
            auto_refresh=False,
            transient=False,
        )
        self._task: TaskID | None = None
        self._phase = ""
        self._drawn = 0.0

    def __enter__(self) -> TerminalDisplay:
        """Start drawing."""
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the bar that is open and stop drawing."""
        if kind is None:
            self._finish()
        self._progress.stop()

    def begin(self, phase: str, total: float | None) -> None:
        """Close the last phase's bar and open the next; the same phase again only learns its total."""
        if phase != self._phase:
            self._finish()
            self._phase = phase
            self._task = self._progress.add_task(
                text(self._language, f"phase_{phase}"), total=total, amount=""
            )
        elif self._task is not None:
            self._progress.update(self._task, total=total)
        self._progress.refresh()

    def advance(self, amount: float) -> None:
        """Move the bar, and draw it at most ten times a second."""
        if self._task is None:
            return
        self._progress.update(self._task, advance=amount)
        if time.monotonic() - self._drawn >= _REFRESH_S:
            self._draw()

    def _draw(self) -> None:
        if self._task is not None:
            self._progress.update(self._task, amount=self._amount())
        self._progress.refresh()
        self._drawn = time.monotonic()

    def _amount(self) -> str:
        task = next(task for task in self._progress.tasks if task.id == self._task)
        if self._phase in _BYTES_PHASES:
            return f"{task.completed / 1e9:.2f} GB" if task.completed else ""
        unit = text(self._language, "unit_process" if self._phase == "processes" else "unit_forward")
        done = f"{task.completed:.0f}"
        return f"{done} / {task.total:.0f} {unit}" if task.total else f"{done} {unit}"

    def _finish(self) -> None:
        if self._task is None:
            return
        task = next(task for task in self._progress.tasks if task.id == self._task)
        # A phase of unknown length is complete when it ends, whatever it came to.
        self._progress.update(
            self._task,
            total=task.completed or 1,
            completed=task.completed or 1,
            amount=self._amount() if task.completed else "",
        )
        self._progress.refresh()
        self._task = None


def print_report(console: Console, report: Report, language: Language) -> None:
    """Print the stages as a table, with clock, work and caveats under it."""
    columns = list(_COLUMNS)
    table = _stage_table(report, language, columns)
    for name in _LEFT_OUT_FIRST:
        if needed_width(console, table) <= console.width:
            break
        columns.remove(name)
        table = _stage_table(report, language, columns)
    print_whole(console, table)
    print_operators(console, report.operators, language)
    print_roofline(console, report, language)
    _print_footnotes(console, report, language)


def _stage_table(report: Report, language: Language, columns: list[str]) -> Table:
    reference = report.freq_normalization.reference_freq_mhz
    title = text(language, "title", model=report.meta.model_name, cpu=report.cpu_info.brand)
    table = Table(
        title=escape(title), title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    table.add_column("\n" + text(language, "stage"), no_wrap=True)
    for key in columns:
        table.add_column(text(language, key, ghz=reference / 1000), justify="right", no_wrap=True)
    for stage in report.stage_profiles:
        cells = _cells(stage)
        table.add_row(text(language, stage.name), *(cells[key] for key in columns))
    return table


def _cells(stage: StageProfile) -> dict[str, str]:
    return {
        "time": _number(stage.duration_ms),
        "spread": _number(half_width(stage.statistics)),
        "samples": str(len(stage.samples_ms)),
        "normalized": _number(stage.duration_normalized_ms),
        "per_token": _number(stage.ms_per_token),
        "before": _number(stage.memory_before_mb, 0),
        "after": _number(stage.memory_after_mb, 0),
        "delta": _number(stage.memory_delta_mb, 0, sign=True),
        "peak": _number(stage.memory_peak_mb, 0),
    }


def _number(value: float | None, digits: int | None = None, *, sign: bool = False) -> str:
    """Four significant digits for times, whole MB for memory, a dash for what is not known."""
    if value is None:
        return "–"
    if digits is None:
        digits = 0 if value >= 1000 else 1 if value >= 100 else 2 if value >= 1 else 4
    return f"{value:+,.{digits}f}" if sign else f"{value:,.{digits}f}"


def _plural(noun: str, count: int | None) -> str:
    """English only; the Chinese sentence does not ask for it."""
    return noun if count == 1 else f"{noun}s"


def _print_footnotes(console: Console, report: Report, language: Language) -> None:
    work, frequency = report.workload, report.freq_normalization
    console.print(
        text(
            language, "work", dtype=work.dtype, n=work.repetitions,
            prompt=work.prompt_tokens, prompt_tokens=_plural("token", work.prompt_tokens),
            decode=work.decode_tokens, decode_tokens=_plural("token", work.decode_tokens),
            threads=work.threads, thread_s=_plural("thread", work.threads),
        )
    )  # fmt: skip
    if (work.engine, work.malloc) != (DEFAULT_ENGINE, MALLOCS[0]):
        console.print(text(language, "by_means", engine=work.engine, malloc=work.malloc), markup=False)
    if frequency.actual_freq_mhz is None:
        console.print(text(language, "clock_unknown"))
    else:
        console.print(
            text(language, "clock", mhz=frequency.actual_freq_mhz, source=frequency.source,
                 reference=frequency.reference_freq_mhz)
        )  # fmt: skip
    _print_intervals(console, report, language)
    if report.meta.budget_s is not None:
        console.print(
            text(language, "planned", s=report.meta.budget_s, n=work.repetitions, decode=work.decode_tokens)
        )
    if report.warmup.first_call_ms is not None:
        console.print(text(language, "cold", ms=report.warmup.first_call_ms, n=len(report.warmup.steps)))
    if report.quality.grade is not None:
        console.print(text(language, f"grade_{report.quality.grade}"))
    for caveat in report.quality.caveats:
        message, remedy = caveat_sentences(caveat, language)
        console.print(f"[yellow]{text(language, 'caveat')}[/]: {escape(message)}")
        if remedy:
            console.print(f"  {text(language, 'remedy')}: {escape(remedy)}")
    found = findings(report)
    if found:
        console.print(f"[bold]{text(language, 'says')}[/] {escape(what_a_run_says(found, language))}")


def _print_intervals(console: Console, report: Report, language: Language) -> None:
    """Both headline figures with their bounds: where those lie unevenly, ± says less than they do."""
    prefill, decode = report.stage("prefill"), report.stage("decode")
    if prefill is not None and prefill.statistics is not None and prefill.statistics.low is not None:
        console.print(
            text(
                language, "prefill_interval", ms=_number(prefill.duration_ms), n=prefill.statistics.n,
                low=_number(prefill.statistics.low), high=_number(prefill.statistics.high),
            )
        )  # fmt: skip
    if decode is not None and decode.ms_per_token_low is not None and decode.step_statistics is not None:
        console.print(
            text(
                language, "decode_interval", ms=_number(decode.ms_per_token), n=len(decode.samples_ms),
                low=_number(decode.ms_per_token_low), high=_number(decode.ms_per_token_high),
                steps=decode.step_statistics.n, step=_number(decode.step_statistics.median),
            )
        )  # fmt: skip
        if decode.step_statistics.p95 is not None:
            console.print(text(language, "step_p95", ms=_number(decode.step_statistics.p95)))
    groups = prefill.sample_groups if prefill is not None else None
    if groups:
        console.print(text(language, "processes", n=len(groups), each=" + ".join(map(str, groups))))
    samples = prefill.statistics.n if prefill is not None and prefill.statistics is not None else 0
    if 1 < samples < _FEW_SAMPLES and not groups:
        # Chance that the true median lies outside n samples of it: all above or all below, 2 × 2^-n.
        console.print(text(language, "few_samples", n=samples, percent=100 * (1 - 2 ** (1 - samples))))
