"""The watch: what the system and other programs did while a span was measured.

Nothing runs inside the span. The counters are read before it and after it, some milliseconds each.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from bitnet_report import MB
from bitnet_report.interference import Interference

from ..surroundings.frequency_policy import read_policy
from .counters import Counters, System, read_counters
from .power import highest_temperature, read_battery
from .switching import ThreadCounters


class MachineWatch:
    """Started before the span and stopped after it; `interference` holds once it is stopped."""

    def __init__(self, system: System | None = None, load_before: float | None = None) -> None:
        """Watch this machine, or what a test puts in its place.

        `load_before` is the load average from before the run, since loading a model raises it; without it
        the load at the start of the watch is kept.
        """
        self._system = system or System()
        self._load = load_before
        self.interference: Interference | None = None

    def start(self) -> None:
        """Read everything for the first time."""
        if self._load is None:
            self._load = _load_average()
        self._temperature = highest_temperature(self._system.psutil)
        self._before = read_counters(self._system)

    def stop(self) -> Interference:
        """Read everything again and say what happened in between."""
        after = read_counters(self._system)
        battery = read_battery(self._system.psutil)
        policy = read_policy(self._system.root)
        self.interference = interference_between(
            self._before, after, self._system.psutil.cpu_count()
        ).model_copy(
            update={
                "temperature_before_c": self._temperature,
                "temperature_after_c": highest_temperature(self._system.psutil),
                "load_before": self._load,
                "on_battery": battery.in_use if battery else None,
                "battery_percent": battery.percent if battery else None,
                "governor": policy.get("governor"),
                "scaling_driver": policy.get("driver"),
            }
        )
        return self.interference


@contextmanager
def watch_machine(system: System | None = None, load_before: float | None = None) -> Iterator[MachineWatch]:
    """Watch the machine around the block; `interference` of what is yielded holds once it is left."""
    watch = MachineWatch(system, load_before)
    watch.start()
    yield watch
    watch.stop()


def interference_between(before: Counters, after: Counters, cpus: int | None) -> Interference:
    """What two readings of the counters say of the time between them; `cpus` are the logical processors.

    The kernel counts processor time in steps of 10 ms, so a span of one second tells other programs'
    share to about 0.02 cores.
    """
    wall = max(after.at_s - before.at_s, 1e-9)
    own, busy = _grown(before.own_s, after.own_s), _grown(before.busy_s, after.busy_s)
    stolen, total = _grown(before.stolen_s, after.stolen_s), _grown(before.total_s, after.total_s)
    other = None if busy is None or own is None else max(0.0, busy - own) / wall
    swapped = _grown(before.swapped_in_bytes, after.swapped_in_bytes)
    pressure = _grown(before.pressure_s, after.pressure_s)
    throttled = _most_throttled(before, after)
    return Interference(
        wall_ms=wall * 1000,
        cpus=cpus,
        steal_share=None if stolen is None or not total else stolen / total,
        other_share=None if other is None or not cpus else other / cpus,
        other_cores=other,
        own_cores=None if own is None else own / wall,
        involuntary_switches_per_s=_rate(before, after, wall, "involuntary"),
        voluntary_switches_per_s=_rate(before, after, wall, "voluntary"),
        migrations_per_s=_rate(before, after, wall, "migrations"),
        cgroup_throttled_periods=None if throttled is None else throttled[0],
        cgroup_throttled_ms=None if throttled is None else throttled[1],
        thermal_throttles=_whole(_grown(before.thermal, after.thermal)),
        swapped_in_mb=None if swapped is None else swapped / MB,
        major_faults=_whole(_grown(before.major_faults, after.major_faults)),
        pressure_share=None if pressure is None else pressure / wall,
    )


def _most_throttled(before: Counters, after: Counters) -> tuple[int, float] | None:
    """Periods and time (ms) of the group that was held back longest: quotas above one another overlap."""
    groups = [
        (max(0, now.periods - then.periods), max(0.0, now.held_ms - then.held_ms))
        for group, now in after.throttling.items()
        if (then := before.throttling.get(group)) is not None
    ]
    return max(groups, key=lambda group: group[1], default=None)


def _rate(before: Counters, after: Counters, wall: float, name: str) -> float | None:
    """Growth a second over all threads; one that began meanwhile counts whole, one that ended is lost."""
    new = ThreadCounters(0, 0, 0)
    grown = [
        max(0, now - (getattr(before.threads.get(thread, new), name) or 0))
        for thread, counters in after.threads.items()
        if (now := getattr(counters, name)) is not None
    ]
    return sum(grown) / wall if grown else None


def _grown(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else max(0.0, after - before)


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def _load_average() -> float | None:
    return float(os.getloadavg()[0]) if hasattr(os, "getloadavg") else None
