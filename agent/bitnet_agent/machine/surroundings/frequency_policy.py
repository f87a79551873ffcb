"""Who chooses the frequency and within which bounds: governor, driver, turbo, energy preference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..kernel_files import numbered, read_int, read_line


def read_policy(root: Path = Path("/")) -> dict[str, Any]:
    """What cpufreq says, over all processors; several governors or preferences are joined by commas."""
    folders = [folder / "cpufreq" for _, folder in numbered(root / "sys/devices/system/cpu", "cpu")]
    lowest = [khz for folder in folders if (khz := read_int(folder / "scaling_min_freq"))]
    highest = [khz for folder in folders if (khz := read_int(folder / "scaling_max_freq"))]
    found = {
        "governor": _each(folders, "scaling_governor"),
        "driver": _each(folders, "scaling_driver"),
        "energy_preference": _each(folders, "energy_performance_preference"),
        "turbo": _turbo(root),
        "min_mhz": min(lowest) / 1000 if lowest else None,
        "max_mhz": max(highest) / 1000 if highest else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _each(folders: list[Path], name: str) -> str | None:
    return ", ".join(sorted({line for folder in folders if (line := read_line(folder / name))})) or None


def _turbo(root: Path) -> bool | None:
    cpu = root / "sys/devices/system/cpu"
    disabled = read_line(cpu / "intel_pstate/no_turbo")
    if disabled is not None:
        return disabled == "0"
    boost = read_line(cpu / "cpufreq/boost")
    return None if boost is None else boost == "1"
