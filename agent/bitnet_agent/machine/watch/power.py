"""What the processor runs on, and how hot it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Battery:
    """Whether the machine draws on its battery, and how full it is (percent)."""

    in_use: bool | None
    percent: float | None


def read_battery(psutil: Any) -> Battery | None:
    """The battery as psutil finds it; None on a machine without one."""
    battery = _ask(psutil, "sensors_battery")
    if battery is None:
        return None
    plugged = battery.power_plugged
    percent = battery.percent
    return Battery(
        None if plugged is None else not plugged,
        float(percent) if percent is not None and 0 <= percent <= 100 else None,
    )


def highest_temperature(psutil: Any) -> float | None:
    """The hottest sensor (°C); None where none can be read (Windows, macOS, most virtual machines)."""
    sensors = _ask(psutil, "sensors_temperatures") or {}
    readings = [
        float(sensor.current)
        for group in sensors.values()
        for sensor in group
        # 0 and below, or far above, is what a sensor that is not connected reads.
        if sensor.current is not None and 0 < sensor.current < 150
    ]
    return max(readings, default=None)


def _ask(psutil: Any, function: str) -> Any:
    try:
        return getattr(psutil, function)()
    except Exception:  # noqa: BLE001 - not on every system, and drivers of sensors raise what they like
        return None
