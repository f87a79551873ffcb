"""The machine as it is now: what others take of it, what it runs on, how hot it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from bitnet_report.interference import Interference
from bitnet_report.interference_caveats import OTHER_CORES, OTHER_CORES_HEAVY, STEAL, STEAL_HEAVY

from ..machine.watch.counters import System
from ..machine.watch.watch import watch_machine
from .finding import Finding, found

_SPAN_S = 1.0
_HOT_C = 85.0
"""Processors slow down from 95 to 105 °C; a run that begins above this has little room."""


def watch_a_second(system: System | None = None, sleep: Callable[[float], None] = time.sleep) -> Interference:
    """Watch the machine for a second while this program does next to nothing."""
    with watch_machine(system) as watch:
        sleep(_SPAN_S)
    if watch.interference is None:
        raise RuntimeError("the watch has ended without a record")
    return watch.interference


def judge_load(seen: Interference) -> Iterator[Finding]:
    """Turn what was seen into findings, by the thresholds that a run is graded by."""
    if seen.other_cores is None:
        yield found("load-unknown")
    else:
        heavy, some = seen.other_cores >= OTHER_CORES_HEAVY, seen.other_cores >= OTHER_CORES
        yield found("load-heavy" if heavy else "load-some" if some else "load-quiet", cores=seen.other_cores)
    if seen.steal_share is not None and seen.steal_share >= STEAL:
        code = "steal-heavy" if seen.steal_share >= STEAL_HEAVY else "steal-some"
        yield found(code, percent=seen.steal_share * 100)
    yield found("battery") if seen.on_battery else found("mains")
    celsius = seen.temperature_after_c
    if celsius is None:
        yield found("temperature-unknown")
    else:
        yield found("temperature-high" if celsius >= _HOT_C else "temperature-fine", celsius=celsius)
