"""How far the probe of the machine's limits differs from itself, reading after reading.

The thresholds of the caveat `limits-moved` (`bitnet_report.roofline_caveats`) rest on this: a run compares
two readings, so the ratio that counts is that of neighbours. Settings from the environment: READINGS
(default 32), THREADS (default: as a run would take).
"""

from __future__ import annotations

import os
import statistics
import sys
from itertools import pairwise

from bitnet_agent.checkpoint.model import import_libraries, set_threads
from bitnet_agent.machine.compiler import find_compiler
from bitnet_agent.machine.limits.measuring import find_limits_meter
from bitnet_agent.machine.processor.affinity import plan_threads
from bitnet_agent.machine.processor.topology import read_topology
from bitnet_report.roofline_caveats import PEAK_MOVED, READ_MOVED


def line(what: str, unit: str, values: list[float], threshold: float) -> str:
    """One limit: where its readings lay, and how often neighbours were further apart than the threshold."""
    moved = [max(pair) / min(pair) - 1 for pair in pairwise(values)]
    over = sum(one > threshold for one in moved)
    return (
        f"{what}: {min(values):.1f} to {max(values):.1f} {unit}, median {statistics.median(values):.1f}, "
        f"n={len(values)}; neighbours differ by {statistics.median(moved):.1%} (median), "
        f"{max(moved):.1%} (most); over the threshold of {threshold:.0%}: {over} of {len(moved)}"
    )


def main() -> int:
    """Read that often and print one line for each limit."""
    threads = plan_threads(int(os.environ.get("THREADS", "0")) or None, False, read_topology())
    import_libraries()
    set_threads(threads.threads)
    meter = find_limits_meter(find_compiler(), threads, "bfloat16")
    readings = [meter.measure("before") for _ in range(int(os.environ.get("READINGS", "32")))]
    read = [reading.read_gb_per_s for reading in readings if reading.read_gb_per_s]
    if read:
        print(line("reading memory", "GB/s", read, READ_MOVED))
    for kind in readings[0].peaks_gops:
        peaks = [reading.peaks_gops[kind] for reading in readings if kind in reading.peaks_gops]
        print(line(f"products in {kind}", "Gop/s", peaks, PEAK_MOVED))
    return 0


if __name__ == "__main__":
    sys.exit(main())
