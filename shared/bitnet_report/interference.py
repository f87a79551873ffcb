"""What else went on in the machine while the repetitions were timed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from .fields import Count, Megabytes, Ms, Name, Positive, Ratio, Record

Celsius = Annotated[float, Field(ge=-100, le=1000, allow_inf_nan=False)]
Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class Interference(Record):
    """Counters of the system and of this process, read before and after the measured repetitions.

    Every field is null where the system does not tell. Shares are of the time of all logical processors
    (`cpus`) over the span `wall_ms`; `other_cores` and `own_cores` are processor seconds in a second, spent
    by other processes and by the agent with its children. Rates are per second, summed over the agent's
    threads. `cgroup_throttled_ms` and `cgroup_throttled_periods` count how long and how often the container's
    quota held a processor back; `pressure_share` is the part of the span in which some task of the machine
    waited for a processor (PSI). `load_before` is the load average over a minute, read before the run.
    """

    wall_ms: Ms
    cpus: Positive | None = None
    steal_share: Ratio | None = None
    other_share: Ratio | None = None
    other_cores: Ratio | None = None
    own_cores: Ratio | None = None
    involuntary_switches_per_s: Ratio | None = None
    voluntary_switches_per_s: Ratio | None = None
    migrations_per_s: Ratio | None = None
    cgroup_throttled_periods: Count | None = None
    cgroup_throttled_ms: Ms | None = None
    thermal_throttles: Count | None = None
    temperature_before_c: Celsius | None = None
    temperature_after_c: Celsius | None = None
    load_before: Ratio | None = None
    swapped_in_mb: Megabytes | None = None
    major_faults: Count | None = None
    pressure_share: Ratio | None = None
    on_battery: bool | None = None
    battery_percent: Percent | None = None
    governor: Name | None = None
    scaling_driver: Name | None = None


def combine_interferences(seen: Sequence[Interference]) -> Interference | None:
    """One record for spans that followed each other (several processes): counts add up, shares are weighed.

    The load is that before the first span, the temperatures of its beginning and of the last one's end, the
    battery and the governor those of the last. A field is null where any of the spans lacks it.
    """
    if len(seen) < 2:
        return seen[0] if seen else None
    wall = sum(span.wall_ms for span in seen)
    changed: dict[str, float | int | None] = {"wall_ms": wall}
    for name in (*_WEIGHED, *_ADDED):
        values = [getattr(span, name) for span in seen]
        if None in values:
            changed[name] = None
        elif name in _ADDED:
            changed[name] = sum(values)
        else:
            weighed = sum(value * span.wall_ms for value, span in zip(values, seen, strict=True))
            changed[name] = weighed / wall if wall else 0.0
    for name in ("load_before", "temperature_before_c"):
        changed[name] = getattr(seen[0], name)
    return seen[-1].model_copy(update=changed)


_ADDED = (
    "cgroup_throttled_periods", "cgroup_throttled_ms", "thermal_throttles", "swapped_in_mb", "major_faults",
)  # fmt: skip
_WEIGHED = (
    "steal_share", "other_share", "other_cores", "own_cores", "involuntary_switches_per_s",
    "voluntary_switches_per_s", "migrations_per_s", "pressure_share",
)  # fmt: skip
