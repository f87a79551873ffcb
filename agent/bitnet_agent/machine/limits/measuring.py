"""Every limit at one moment, as the report keeps it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from bitnet_report import MB, Limits

from ..clock.pinned_threads import own_cpus
from ..compiler import Compiler
from ..processor.affinity import ThreadPlan
from ..processor.caches import last_level_cache
from ..processor.limits import available_memory_mb
from ..processor.naming import isa_flags
from .memory_reading import ReadPasses, array_bytes, build_reader, read_memory
from .products import Peak, kinds_to_measure, measure_peak


@dataclass(frozen=True)
class LimitsMeter:
    """What is measured and on which threads; `cache_bytes` None where the last-level cache is not known."""

    threads: int
    cpus: Sequence[int]
    kinds: Collection[str]
    cache_bytes: int | None
    available_bytes: Callable[[], float]
    native: ReadPasses | None
    peak: Callable[[str], Peak | None] = field(default=measure_peak)

    def with_kinds(self, used: Collection[str]) -> LimitsMeter:
        """The same, and the peaks of the types of number that the model's forwards turned out to use."""
        return replace(self, kinds=list(dict.fromkeys([*self.kinds, *used])))

    def measure(self, taken: Literal["before", "after"]) -> Limits:
        """Read memory, then multiply; takes about two seconds."""
        nbytes = array_bytes(self.cache_bytes, self.available_bytes())
        reading = read_memory(nbytes, self.native)
        huge = read_memory(nbytes, self.native, huge_pages=True)
        peaks = {kind: peak for kind in self.kinds if (peak := self.peak(kind)) is not None}
        return Limits(
            taken=taken,
            threads=self.threads,
            cpus=list(self.cpus) or None,
            read_how=reading.how if reading else None,
            read_gb_per_s=reading.gb_per_s if reading else None,
            read_samples_gb_per_s=reading.samples_gb_per_s if reading else [],
            read_huge_pages_gb_per_s=huge.gb_per_s if huge else None,
            array_mb=reading.array_bytes / MB if reading else None,
            cache_mb=None if self.cache_bytes is None else self.cache_bytes / MB,
            array_factor=reading.array_bytes / self.cache_bytes if reading and self.cache_bytes else None,
            peaks_gops={kind: peak.gops for kind, peak in peaks.items()},
            peak_samples_gops={kind: peak.samples_gops for kind, peak in peaks.items()},
            matrix_sizes={kind: peak.size for kind, peak in peaks.items()},
        )


def find_limits_meter(compiler: Compiler | None, plan: ThreadPlan, dtype: str) -> LimitsMeter:
    """Make ready to measure on the plan's threads, for a model that computes in `dtype`."""
    cpus = plan.cpus or own_cpus()[: plan.threads]
    return LimitsMeter(
        threads=plan.threads,
        cpus=cpus,
        kinds=kinds_to_measure(isa_flags(), dtype),
        cache_bytes=last_level_cache(cpus),
        available_bytes=lambda: available_memory_mb() * MB,
        native=build_reader(compiler, plan.threads, cpus),
    )
