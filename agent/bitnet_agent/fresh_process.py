"""One run in a process of its own, so that nothing of an earlier one is left in it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from bitnet_report import Report, read_report

from .errors import EnvironmentFaultError
from .machine.allocator import for_children
from .plan import Plan


def profile_in_fresh_process(plan: Plan, keep_trace: Callable[[bytes], None] | None = None) -> Report:
    """Profile in a newly started interpreter, silently, and return its report; see `profiling.profile`.

    Raises:
        AgentError: as `profile` does; and if the process was killed, as one is that takes too much memory.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_leave_quietly) as pool:
        try:
            with for_children(plan.malloc):
                measuring = pool.submit(_profile, plan, keep_trace is not None)
            body, traces = measuring.result()
        except BrokenProcessPool as error:
            raise EnvironmentFaultError(
                "the measuring process was ended from outside",
                "look whether memory ran out, close other programs and run again",
            ) from error
    for trace in traces:
        if keep_trace is not None:
            keep_trace(trace)
    return read_report(body)


def _leave_quietly() -> None:
    """Let Ctrl-C, which the terminal sends to both processes, end this one without a word."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _profile(plan: Plan, wants_trace: bool) -> tuple[bytes, list[bytes]]:
    from .display import SilentDisplay
    from .profiling import profile

    traces: list[bytes] = []
    report = profile(plan, SilentDisplay(), keep_trace=traces.append if wants_trace else None)
    return report.to_json(), traces
