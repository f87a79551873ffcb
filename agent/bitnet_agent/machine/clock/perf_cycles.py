"""The clock over a stage from the processor's own cycle counter: cycles ÷ time running, over all threads.

Where `perf_event_paranoid` allows counting in user mode only, the time in the kernel passes uncounted (and
the published model spends much of a token there), so cycles are divided by reference cycles of the same
instructions instead, times the reference's rate, which is the time stamp counter's.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..kernel_files import read_int
from .perf_events import CPU_CYCLES, REF_CPU_CYCLES, PerfEvents

_MOST_DESCRIPTORS = 512


@dataclass
class Counting:
    """Counters that run; `stop` reads and closes them."""

    events: PerfEvents
    cycles: list[int]
    references: list[int]
    reference_mhz: float | None

    def stop(self) -> float | None:
        """The mean clock (MHz) since the start, or None where nothing was counted."""
        try:
            counts = [self.events.read(descriptor) for descriptor in self.cycles]
            references = sum(self.events.read(descriptor).events for descriptor in self.references)
        except OSError:
            return None
        finally:
            for descriptor in (*self.references, *self.cycles):
                with suppress(OSError):
                    self.events.close(descriptor)
        cycles, running_ns = sum(c.events for c in counts), sum(c.running_ns for c in counts)
        if self.reference_mhz is not None:
            return cycles / references * self.reference_mhz if references and cycles else None
        return cycles / running_ns * 1000 if running_ns and cycles else None


@dataclass(frozen=True)
class CycleCounter:
    """How cycles can be counted here; `reference_mhz` None means that kernel mode is counted too."""

    events: PerfEvents
    reference_mhz: float | None
    pmus: tuple[int, ...] = (0,)
    root: Path = Path("/")

    def start(self) -> Counting | None:
        """Count on every thread that there is now, and on those that they start; None where it fails."""
        counting = Counting(self.events, [], [], self.reference_mhz)
        try:
            for thread in _threads(self.root):
                for pmu in self.pmus:
                    self._open(counting, thread, pmu)
        except OSError:
            counting.stop()
            return None
        return counting

    def _open(self, counting: Counting, thread: int, pmu: int) -> None:
        if len(counting.cycles) >= _MOST_DESCRIPTORS:
            raise OSError("too many threads")
        user_only = self.reference_mhz is not None
        try:
            leader = self.events.open(CPU_CYCLES, thread, user_only=user_only, pmu=pmu)
        except ProcessLookupError:
            return  # the thread has ended
        counting.cycles.append(leader)
        if user_only:
            reference = self.events.open(REF_CPU_CYCLES, thread, user_only=True, group=leader, pmu=pmu)
            counting.references.append(reference)


def find_cycle_counter(
    tsc_mhz: float | None, events: PerfEvents | None = None, root: Path = Path("/")
) -> CycleCounter | None:
    """The best counting that works here, tried once over a little work; None where none does."""
    events = events or PerfEvents()
    kinds = [read_int(root / "sys/devices" / name / "type") for name in ("cpu_core", "cpu_atom")]
    pmus = tuple(kind for kind in kinds if kind) or (0,)
    for reference_mhz in (None, *([tsc_mhz] if tsc_mhz else [])):
        counter = CycleCounter(events, reference_mhz, pmus, root)
        counting = counter.start()
        if counting is not None:
            sum(range(100_000))
            if counting.stop() is not None:
                return counter
    return None


def _threads(root: Path) -> Iterable[int]:
    try:
        return sorted(int(entry.name) for entry in (root / "proc/self/task").iterdir())
    except (OSError, ValueError):
        return ()
