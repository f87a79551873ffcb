"""Looks for everything on this machine that a clock can be read from."""

from __future__ import annotations

from dataclasses import dataclass

from ..compiler import Compiler
from ..processor.affinity import ThreadPlan
from ..processor.naming import base_frequency
from .clock import Clock
from .kernel_clock import find_kernel_clock
from .perf_cycles import find_cycle_counter
from .pinned_threads import own_cpus
from .probe import build_probe
from .time_stamp import stated_tsc_mhz


@dataclass(frozen=True)
class FoundClock:
    """The clock, and the rate of the time stamp counter (MHz), which is none."""

    clock: Clock
    tsc_mhz: float | None


def find_clock(stated_mhz: float | None, compiler: Compiler | None, plan: ThreadPlan) -> FoundClock:
    """Find the best source of the clock on the processors of `plan`; compiles the probe the first time."""
    probe = build_probe(compiler)
    tsc_mhz = (probe.tsc_mhz() if probe else None) or stated_tsc_mhz()
    clock = Clock(
        stated_mhz=stated_mhz,
        advertised_mhz=base_frequency().mhz,
        chain=probe.chain if probe else None,
        threads=plan.threads,
        cpus=plan.cpus,
        counter=find_cycle_counter(tsc_mhz),
        kernel=find_kernel_clock(plan.cpus or own_cpus()),
    )
    return FoundClock(clock, tsc_mhz)
