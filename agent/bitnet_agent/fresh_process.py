"""One run in a process of its own, so that nothing of an earlier one is left in it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait

from bitnet_report import Report, read_report

from .errors import EnvironmentFaultError
from .machine.allocator import for_children
from .plan import Plan


def profile_in_fresh_process(plan: Plan, keep_trace: Callable[[bytes], None] | None = None) -> Report:
    """Profile in a newly started interpreter, silently, and return its report; see `profiling.profile`.

    Raises:
        AgentError: as `profile` does; and if the process was killed, as one is that takes too much memory.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_end_in_time) as pool:
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


def _end_in_time() -> None:
    """Let Ctrl-C, which the terminal sends to both processes, end this one without a word.

    If the one that asks is killed, nobody wants the measurement: this one must not go on beside the next run,
    with a model in memory.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _end_with_parent() -> None:
    """Wait asleep until the parent is gone, and go as well."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _profile(plan: Plan, wants_trace: bool) -> tuple[bytes, list[bytes]]:
    from .display import SilentDisplay
    from .preparing import place_threads

    placed = place_threads(plan)
    from .profiling import profile  # imports torch

    traces: list[bytes] = []
    report = profile(plan, SilentDisplay(), placed=placed, keep_trace=traces.append if wants_trace else None)
    return report.to_json(), traces
