"""The core's clock: measured where it can be, and named by how it was come by.

The advertised figure and `/proc/cpuinfo` are not the clock: in a virtual machine they give the rate of the
time stamp counter, which stands still while the core turbos. The tiers, best first:

- `stated`: the member said so (`--clock-mhz`);
- `perf-cycles`: the processor's cycle counter over the stage itself (see perf_cycles.py);
- `cpuinfo_avg_freq`, `scaling_cur_freq`: the kernel's counters before and after it (see kernel_clock.py);
- `dependent-chain`: a timed chain of dependent additions before and after it, on as many threads as do the
  work, each bound to a processor of its own (see cpu_probe.c);
- `advertised`: the nominal figure, which is no measurement.

One run has one source: the first that works is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from statistics import median, quantiles

from .kernel_clock import KernelClock
from .perf_cycles import Counting, CycleCounter
from .pinned_threads import on_each, own_cpus
from .probe import Chain, build_chain

__all__ = ["Chain", "Clock", "ClockMeter", "ClockReading", "build_chain"]

_OPERATIONS_PER_ROUND = 64
_ROUNDS = 8_000  # half a million cycles, 0.1 to 0.2 ms: shorter than a scheduler's slice
_SETTLING_PROBES = 8  # while the core leaves its idle clock and the model's own threads stop spinning
_PROBES = 17


@dataclass(frozen=True)
class ClockReading:
    """A clock (MHz) and where it comes from; None where nothing is known.

    A source that is sampled gives the mean of before and after as `mhz`, the two as `low_mhz`, `high_mhz`.
    """

    mhz: float | None
    source: str | None
    low_mhz: float | None = None
    high_mhz: float | None = None


@dataclass
class ClockMeter:
    """A span that the clock is read around; `reading` holds once it is over."""

    _read: Callable[[], ClockReading]
    _before: ClockReading
    _counting: Counting | None = None
    reading: ClockReading = field(default=ClockReading(None, None))

    def stop(self) -> ClockReading:
        """End the span and give its clock."""
        if self._counting is not None:
            self.reading = replace(self._before, mhz=self._counting.stop())
        else:
            self.reading = _between(self._before, self._read())
        return self.reading


class Clock:
    """Reads the clock of the cores that do the work, as often as asked."""

    def __init__(
        self,
        *,
        stated_mhz: float | None,
        advertised_mhz: float | None,
        chain: Chain | None,
        threads: int,
        cpus: Sequence[int] = (),
        counter: CycleCounter | None = None,
        kernel: KernelClock | None = None,
    ) -> None:
        """Keep the sources, None where there is none; `cpus` are those of the work, () all allowed ones."""
        self._stated_mhz = stated_mhz
        self._advertised_mhz = advertised_mhz
        self._chain = chain
        self._threads = threads
        self._cpus = tuple(cpus) or own_cpus()
        self._counter = None if stated_mhz is not None else counter
        self._kernel = kernel

    def read(self) -> ClockReading:
        """Read the clock once, by the best source there is; takes about 10 ms."""
        if self._counter is not None:
            with self.around() as meter:
                self._sample()
            return meter.reading
        return self._sample()

    def start(self) -> ClockMeter:
        """Begin a span: read the clock, or start to count its cycles."""
        if self._counter is not None:
            counting = self._counter.start()
            if counting is not None:
                return ClockMeter(self._sample, ClockReading(None, "perf-cycles"), counting)
            self._counter = None
        return ClockMeter(self._sample, self._sample())

    @contextmanager
    def around(self) -> Iterator[ClockMeter]:
        """Read the clock around the block; the meter's `reading` holds once the block is left."""
        meter = self.start()
        try:
            yield meter
        finally:
            meter.stop()

    def _sample(self) -> ClockReading:
        if self._stated_mhz is not None:
            return ClockReading(self._stated_mhz, "stated")
        if self._kernel is not None:
            mhz = self._kernel.sample_mhz(self._threads, self._cpus)
            return ClockReading(mhz, self._kernel.source)
        if self._chain is not None:
            return ClockReading(_chain_mhz(self._chain, self._threads, self._cpus), "dependent-chain")
        if self._advertised_mhz is not None:
            return ClockReading(self._advertised_mhz, "advertised")
        return ClockReading(None, None)


def _between(before: ClockReading, after: ClockReading) -> ClockReading:
    if before.source in ("stated", "advertised", None):
        return before
    known = [reading.mhz for reading in (before, after) if reading.mhz is not None]
    if not known:
        return before
    return ClockReading(sum(known) / len(known), before.source, min(known), max(known))


def _chain_mhz(chain: Chain, threads: int, cpus: Sequence[int]) -> float:
    """Run the chain on every thread at once; the median over threads of each thread's faster quartile.

    An interruption, and the time that a hypervisor takes, can only lengthen a probe, so the faster ones tell.
    The fastest of all would be the clock of a moment.
    """

    def typical_ns(_: int | None) -> float:
        for _probe in range(_SETTLING_PROBES):
            chain(_ROUNDS)
        return quantiles([chain(_ROUNDS) for _probe in range(_PROBES)], n=4)[0]

    taken_ns = on_each(threads, cpus, typical_ns)
    return median(_OPERATIONS_PER_ROUND * _ROUNDS / nanoseconds * 1000 for nanoseconds in taken_ns)
