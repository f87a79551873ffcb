"""The machine as it is set up: clock, governor, threads, swap."""

from __future__ import annotations

from pathlib import Path

import psutil

from bitnet_report import MB
from bitnet_report.interference_caveats import ADAPTIVE_DRIVERS, LOW_GOVERNORS

from ..machine.clock.clock import ClockReading
from ..machine.clock.finding import find_clock
from ..machine.compiler import Compiler
from ..machine.processor.affinity import plan_threads
from ..machine.processor.naming import base_frequency
from ..machine.processor.topology import read_topology
from ..machine.processor.virtualization import find_hypervisor
from ..machine.surroundings.frequency_policy import read_policy
from .finding import Finding, found

_SAME_CLOCK = 0.05
"""Two clocks this near are one: a core's own moves by as much within a second."""


def judge_clock(reading: ClockReading, advertised: float | None, *, virtual: bool) -> Finding:
    """Say what is known of the clock, and whether it is more than the advertised figure."""
    mhz, source = reading.mhz, reading.source
    if mhz is None:
        return found("clock-unknown")
    if source == "advertised":
        return found("clock-is-tsc" if virtual else "clock-advertised", mhz=mhz)
    if advertised is None:
        return found("clock-only-measured", mhz=mhz, source=source)
    agree = abs(mhz / advertised - 1) <= _SAME_CLOCK
    return found(
        "clock-measured" if agree else "clock-differs", mhz=mhz, source=source, advertised=advertised
    )


def look_at_clock(compiler: Compiler | None, requested_threads: int | None) -> Finding:
    """Read the clock by the best source that works here and judge it; takes about a second."""
    plan = plan_threads(requested_threads, pin=False, topology=read_topology())
    reading = find_clock(None, compiler, plan).clock.read()
    return judge_clock(reading, base_frequency().mhz, virtual=find_hypervisor() is not None)


def look_at_governor(root: Path = Path("/")) -> Finding:
    """Say who chooses the clock."""
    policy = read_policy(root)
    governor, driver = policy.get("governor"), policy.get("driver")
    if governor is None:
        return found("governor-unknown")
    turbo = {True: "on", False: "off"}.get(policy.get("turbo"), "?")  # type: ignore[arg-type]
    if governor == "performance" or driver in ADAPTIVE_DRIVERS:
        code = "governor-fine"
    elif governor in LOW_GOVERNORS:
        code = "governor-low"
    else:
        code = "governor-adapts"
    return found(code, governor=governor, driver=driver or "?", turbo=turbo)


def look_at_threads(requested: int | None) -> Finding:
    """Hold the threads against the cores that this process may use."""
    topology = read_topology()
    plan = plan_threads(requested, pin=False, topology=topology)
    usable = plan_threads(None, pin=False, topology=topology).threads
    if plan.oversubscribed:
        return found("threads-too-many", threads=plan.threads, usable=usable)
    if topology.quota is not None and plan.threads > topology.quota:
        return found("threads-held-back", threads=plan.threads, quota=topology.quota)
    if plan.threads > usable:
        return found("threads-share-cores", threads=plan.threads, usable=usable)
    return found(
        "threads-fine",
        threads=plan.threads,
        cores=len({cpu.core for cpu in topology.cpus}),
        logical=len(topology.cpus),
        allowed=len(topology.allowed),
    )


def look_at_swap() -> Finding:
    """Say whether anything lies in swap."""
    used = psutil.swap_memory().used / MB
    return found("swap-used", mb=used) if used >= 1 else found("swap-unused")
