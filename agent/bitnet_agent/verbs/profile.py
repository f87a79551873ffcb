"""`bitnet-agent`: profile this machine, write the report, submit it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from bitnet_report import Report

from ..delivery.report_file import check_writable, write_atomically
from ..display import Display, SilentDisplay
from ..errors import EnvironmentFaultError, UsageError
from ..fresh_process import profile_in_fresh_process
from ..interrupts import held_interrupts
from ..machine.allocator import start_tuned
from ..measurement.merging import merge
from ..options import Options
from ..plan import DEFAULT_PROMPT_TOKENS, PROCESSES, Plan, Prompt
from ..preparing import place_threads, prepare
from ..screen.delivering import DeliveryScreen
from ..screen.language import Language, choose_language, text
from ..screen.terminal import TerminalDisplay, console, print_report
from ..submission import prepare_submission

KeepTrace = Callable[[bytes], None] | None


def run(options: Options) -> int:
    """Do one run; whatever happens in delivery, the report is on disk before anything is sent."""
    if options.malloc == "tuned":
        start_tuned()
    language = choose_language(options.lang)
    screen = console()
    plan = plan_from(options)
    submission = prepare_submission(options, DeliveryScreen(screen, language, quiet=options.quiet))
    check_writable(options.output)
    if options.trace is not None:
        check_writable(options.trace, "--trace")

    traces: list[bytes] = []
    keep_trace = None if options.trace is None else traces.append
    report = _profile(plan, screen, language, keep_trace, quiet=options.quiet)
    body = report.to_json()
    entry = None
    if submission is None:
        write_atomically(options.output, body)
    else:
        entry = submission.keep(report.run_id, body, options.output)
    if not options.quiet:
        print_report(screen, report, language)
        _tell(screen, text(language, "written", path=options.output))
    try:
        if submission is not None and entry is not None:
            submission.deliver(entry, options.output)
    finally:
        if options.json:
            _print_json(body, options.output)
        _write_trace(traces, options, screen, language)
    return 0


def plan_from(options: Options) -> Plan:
    """Turn options into a plan.

    Raises:
        UsageError: the prompt file cannot be read.
    """
    given = options.prompt if options.prompt_file is None else _read_prompt(options.prompt_file)
    if given is not None and not _is_utf_8(given):
        raise UsageError("the prompt is not UTF-8 text", "give it with --prompt-file, saved as UTF-8")
    tokens = options.prompt_tokens
    if given is None and tokens is None:
        tokens = DEFAULT_PROMPT_TOKENS
    return Plan(
        model=options.model,
        revision=options.revision,
        prompt=Prompt(given, tokens),
        decode_tokens=options.decode_tokens,
        context_depth=options.context_depth,
        repetitions=options.repetitions,
        threads=options.threads,
        dtype=options.dtype,
        reference_mhz=options.reference_mhz,
        clock_mhz=options.clock_mhz,
        member=options.member,
        note=options.note,
        effort="quick" if options.quick else "rigorous" if options.rigorous else "standard",
        budget_s=options.budget,
        pin=options.pin,
        include_host=options.include_host,
        operators=_wants_operators(options),
        limits=options.limits,
        engine=options.engine,
        malloc=options.malloc,
    )


def _wants_operators(options: Options) -> bool | None:
    """A trace is made of the pass that takes forwards apart, so it asks for it."""
    if options.trace is None:
        return options.operators  # type: ignore[no-any-return]
    if options.operators is False:
        raise UsageError("--trace writes what --no-operators leaves out", "leave one of the two out")
    return True


def _is_utf_8(given: str) -> bool:
    try:
        given.encode()
    except UnicodeEncodeError:
        return False
    return True


def _read_prompt(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")  # Windows editors put a mark first
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text", "save it as UTF-8") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "check --prompt-file") from error


def _profile(
    plan: Plan, screen: Console, language: Language, keep_trace: KeepTrace, *, quiet: bool
) -> Report:
    if quiet:
        return _measure(plan, SilentDisplay(), keep_trace)
    with TerminalDisplay(screen, language) as display:
        return _measure(plan, display, keep_trace)


def _measure(plan: Plan, display: Display, keep_trace: KeepTrace) -> Report:
    if plan.effort == "rigorous":
        return _rigorous(plan, display, keep_trace)
    prepared, placed = prepare(plan, display), place_threads(plan)
    with held_interrupts():
        from ..profiling import profile  # imports torch

    return profile(plan, display, prepared=prepared, placed=placed, keep_trace=keep_trace)


def _rigorous(plan: Plan, display: Display, keep_trace: KeepTrace) -> Report:
    """Run in several fresh processes, one after the other, and merge what they saw.

    Forwards are taken apart in the first one only.
    """
    prepare(plan, display)
    display.begin("processes", PROCESSES)
    share = replace(plan, budget_s=plan.budget_s / PROCESSES if plan.budget_s else None)
    reports = [profile_in_fresh_process(share, keep_trace)]
    display.advance(1)
    # What the first one's budget came to is settled for the others: they must do the same work.
    settled = reports[0].workload
    same = replace(
        plan,
        budget_s=None,
        operators=False,
        repetitions=settled.repetitions or plan.repetitions,
        decode_tokens=settled.decode_tokens or plan.decode_tokens,
    )
    while len(reports) < PROCESSES:
        reports.append(profile_in_fresh_process(same))
        display.advance(1)
    return merge(reports)


def _write_trace(traces: list[bytes], options: Options, screen: Console, language: Language) -> None:
    """Write the trace, once the report is safe."""
    for trace in traces:
        write_atomically(options.trace, trace, "--trace")
        if not options.quiet:
            _tell(screen, text(language, "trace_written", path=options.trace))


def _print_json(body: bytes, kept_in: Path) -> None:
    try:
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
    except OSError as error:
        # What the buffer still holds would fail once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise EnvironmentFaultError(
            f"standard output cannot be written: {error.strerror}", f"the report is in {kept_in}"
        ) from error


def _tell(screen: Console, line: str) -> None:
    screen.print(line, markup=False, soft_wrap=True)
