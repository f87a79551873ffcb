"""What the watch saw, as caveats. Each threshold stands with its reason."""

from __future__ import annotations

from collections.abc import Iterator

from .caveats import make_caveat
from .interference import Interference
from .report import Caveat

STEAL, STEAL_HEAVY = 0.01, 0.05
"""Shares of processor time: below 1 % it is lost in a quiet run's own spread; 5 % is what counts as drift."""

OTHER_CORES, OTHER_CORES_HEAVY = 0.05, 0.25
"""Cores' worth: an idle desktop stays under 0.05; from 0.25 on one of few cores is shared with another
program so much that every parallel region waits for it."""

THROTTLED_HEAVY = 0.05
"""Share of the span; held back less often is a doubt. As for steal."""

DISK_READ_S = 1e-4
"""What one read of a page from an SSD takes (a spinning disk: 100 times that)."""

SWAPPED_MB, SWAP_HEAVY, DISK_READS = 1.0, 0.05, 0.01
"""MB: less is a stray page of some service. Shares of the span spent waiting, at `DISK_READ_S` a page."""

INVOLUNTARY_SWITCHES = 60.0
"""A second and thread, over two threads on a 2-core machine (Linux 6.18). A bare loop over 16 MB: 12 to 14
while others used up to 0.01 cores, 37 to 153 while they used 0.9 to 1.8. A whole run on the quiet machine:
20 to 38 in spans of 1 to 5 s, the clock's own probes included; one beside 1.2 cores' load: 93."""

MIGRATIONS = 20.0
"""A second and thread; each costs a thread its caches, some 10 to 100 µs. There: up to 0.5 in the bare
loop, 7 under load, 3 to 14 in whole runs of 1 to 5 s, again with the probes."""

_PAGES_PER_MB = 256  # of 4 KiB

BUSY_LOAD = 0.5
"""Load average over a minute; an idle machine stays under it."""

LOW_GOVERNORS = ("powersave", "userspace")
"""They hold the lowest clock, or whatever somebody set."""

ADAPTIVE_DRIVERS = ("intel_pstate", "amd-pstate-epp")
"""Here "powersave" is the ordinary governor, which lets the hardware choose the clock by the load."""


def interference_caveats(interference: Interference | None, threads: int | None) -> list[Caveat]:
    """Find what disturbed the measured span; `threads` is how many computed. What is not told is no doubt."""
    return [] if interference is None else list(_find(interference, max(1, threads or 1)))


def _find(seen: Interference, threads: int) -> Iterator[Caveat]:
    yield from _taken_by_others(seen)
    yield from _held_back(seen)
    yield from _waited_for_the_disk(seen)
    if seen.on_battery:
        yield make_caveat("on-battery")
    if seen.governor in LOW_GOVERNORS and seen.scaling_driver not in ADAPTIVE_DRIVERS:
        yield make_caveat("governor", governor=seen.governor, driver=seen.scaling_driver or "?")
    if _over(seen.migrations_per_s, MIGRATIONS * threads):
        yield make_caveat("migrations", rate=(seen.migrations_per_s or 0) / threads)
    if _over(seen.involuntary_switches_per_s, INVOLUNTARY_SWITCHES * threads):
        yield make_caveat("involuntary-switches", rate=(seen.involuntary_switches_per_s or 0) / threads)


def _taken_by_others(seen: Interference) -> Iterator[Caveat]:
    if _over(seen.steal_share, STEAL):
        code = "steal-heavy" if _over(seen.steal_share, STEAL_HEAVY) else "steal"
        yield make_caveat(code, percent=(seen.steal_share or 0) * 100)
    if _over(seen.other_cores, OTHER_CORES):
        code = "other-load-heavy" if _over(seen.other_cores, OTHER_CORES_HEAVY) else "other-load"
        yield make_caveat(code, cores=seen.other_cores or 0)
    if _over(seen.load_before, BUSY_LOAD):
        yield make_caveat("busy-before", load=seen.load_before or 0)


def _held_back(seen: Interference) -> Iterator[Caveat]:
    if seen.cgroup_throttled_periods:
        held_ms, periods = seen.cgroup_throttled_ms or 0, seen.cgroup_throttled_periods
        share = held_ms / seen.wall_ms if seen.wall_ms else 0
        if share >= THROTTLED_HEAVY:
            yield make_caveat("throttled-cgroup-heavy", percent=min(share, 1) * 100, periods=periods)
        else:
            yield make_caveat("throttled-cgroup", ms=held_ms, periods=periods)
    if seen.thermal_throttles:
        yield make_caveat("throttled-thermal", count=seen.thermal_throttles)


def _waited_for_the_disk(seen: Interference) -> Iterator[Caveat]:
    wall_s = seen.wall_ms / 1000
    if _over(seen.swapped_in_mb, SWAPPED_MB):
        mb = seen.swapped_in_mb or 0
        waiting_s = mb * _PAGES_PER_MB * DISK_READ_S
        code = "swapped-in-heavy" if waiting_s >= SWAP_HEAVY * wall_s else "swapped-in"
        yield make_caveat(code, mb=mb)
    if seen.major_faults and seen.major_faults * DISK_READ_S >= DISK_READS * wall_s:
        yield make_caveat("disk-reads", count=seen.major_faults)


def _over(value: float | None, limit: float) -> bool:
    return value is not None and value >= limit
