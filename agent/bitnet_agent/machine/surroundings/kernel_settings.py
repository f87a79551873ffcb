"""Settings of the kernel that bear on the figures: huge pages, swap, mitigations of processor faults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil

from bitnet_report import MB

from ..kernel_files import read_int, read_line, read_text


def describe_swap(root: Path = Path("/")) -> dict[str, Any] | None:
    """Swap space (MB) and how readily the kernel uses it."""
    try:
        swap = psutil.swap_memory()
    except (OSError, RuntimeError):
        return None
    swappiness = read_int(root / "proc/sys/vm/swappiness")
    return {
        "total_mb": swap.total / MB,
        "used_mb": swap.used / MB,
        **({} if swappiness is None else {"swappiness": swappiness}),
    }


def describe_mitigations(root: Path = Path("/")) -> dict[str, Any] | None:
    """How many of the known processor faults are mitigated, and whether mitigations were switched off.

    Of the kernel's command line nothing else is read: it may hold names.
    """
    folder = root / "sys/devices/system/cpu/vulnerabilities"
    try:
        states = [read_line(file) or "" for file in folder.iterdir()]
    except OSError:
        return None
    words = read_text(root / "proc/cmdline").split()
    set_to = [word.partition("=")[2].split(",") for word in words if word.startswith("mitigations=")]
    return {
        "mitigated": sum(state.startswith("Mitigation") for state in states),
        "vulnerable": sum(state.startswith("Vulnerable") for state in states),
        "not_affected": sum(state.startswith("Not affected") for state in states),
        "switched_off": any("off" in values for values in set_to),
    }


def transparent_huge_pages(root: Path = Path("/")) -> str | None:
    """The kernel's own line, the setting in force in brackets."""
    return read_line(root / "sys/kernel/mm/transparent_hugepage/enabled")
