"""Tells a clock from the rate of the time stamp counter, which a virtual machine gives out as one."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import median

import psutil

from ..kernel_files import read_text

SAME_RATE = 0.005
"""A reported clock this near the counter's rate is the counter's rate; the two are read to 0.01 %."""
OTHER_CLOCK = 0.05
"""On bare metal a core may happen to run at the counter's rate; by the chain it is then within this of it."""


def reported_mhz(root: Path = Path("/")) -> float | None:
    """What the system gives as the present clock: /proc/cpuinfo (the median core), else psutil."""
    found = re.findall(r"^cpu MHz\s*:\s*([0-9.]+)", read_text(root / "proc/cpuinfo"), re.MULTILINE)
    if found:
        return median(float(mhz) for mhz in found) or None
    try:
        frequency = psutil.cpu_freq()
    except (OSError, NotImplementedError, RuntimeError):
        return None
    return float(frequency.current) or None if frequency is not None else None


def stated_tsc_mhz(root: Path = Path("/")) -> float | None:
    """The counter's rate unmeasured: if it is constant, Linux on x86-64 gives twice its MHz as BogoMIPS."""
    text = read_text(root / "proc/cpuinfo")
    bogomips = re.search(r"^bogomips\s*:\s*([0-9.]+)", text, re.MULTILINE)
    if bogomips is None or not re.search(r"^flags\s*:.*\bconstant_tsc\b", text, re.MULTILINE):
        return None
    return float(bogomips[1]) / 2 or None


def is_time_stamp_rate(
    reported: float | None, tsc: float | None, *, virtual: bool, measured: float | None
) -> bool | None:
    """Whether `reported` is the counter's rate and no clock (all in MHz); None where one cannot tell.

    It is in a virtual machine, and where the clock as `measured` is another.
    """
    if reported is None or tsc is None:
        return None
    if abs(reported / tsc - 1) > SAME_RATE:
        return False
    if virtual:
        return True
    return None if measured is None else abs(measured / reported - 1) > OTHER_CLOCK
