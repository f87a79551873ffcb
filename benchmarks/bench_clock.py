"""The clock by additions against the clock by multiplications, on one core, interleaved: within 2 % of 1.

An addition takes one cycle and a 64-bit multiplication three (Intel since 2008, AMD since Zen, Apple, Arm
Neoverse): two chains of different units and latencies, which agree only if both count cycles rightly.
"""

from __future__ import annotations

import os
import sys

from bitnet_agent.errors import EnvironmentFaultError
from bitnet_agent.machine.clock.clock import Clock
from bitnet_agent.machine.clock.probe import Probe, build_probe
from bitnet_agent.machine.clock.time_stamp import reported_mhz
from bitnet_agent.machine.compiler import find_compiler
from bitnet_report import describe

ROUNDS = 8_000
PAIRS = 400
WITHIN = 0.02
CYCLES_OF_A_MULTIPLICATION = 3


def main() -> int:
    """Print the ratio and its interval; exit code 1 if it is off by more than 2 %."""
    try:
        probe = build_probe(find_compiler())
    except EnvironmentFaultError as error:
        print(f"skipped: {error.message}")
        return 0
    if probe is None:
        print("skipped: the probe cannot be compiled here")
        return 0
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    ratio = describe([[one_pair(probe, turned=bool(pair % 2)) for pair in range(PAIRS)]])
    clock = Clock(stated_mhz=None, advertised_mhz=None, chain=probe.chain, threads=1).read().mhz
    print(f"clock by additions ÷ by multiplications: {ratio.median:.4f}, n={ratio.n}, "
          f"95 % interval {ratio.low:.4f} to {ratio.high:.4f}")  # fmt: skip
    others = {"reported": reported_mhz(), "time stamp counter": probe.tsc_mhz(), "additions": clock}
    print(", ".join(f"{name} {mhz:.0f} MHz" for name, mhz in others.items() if mhz is not None))
    return 0 if abs(ratio.median - 1) <= WITHIN else 1


def one_pair(probe: Probe, *, turned: bool) -> float:
    """Both clocks within a millisecond, in turned order every other time; the first over the second."""

    def by_additions() -> float:
        return 1 / probe.chain(ROUNDS)

    def by_multiplications() -> float:
        return CYCLES_OF_A_MULTIPLICATION / probe.multiply_chain(ROUNDS)

    if turned:
        multiplied = by_multiplications()
        return by_additions() / multiplied
    added = by_additions()
    return added / by_multiplications()


if __name__ == "__main__":
    sys.exit(main())
