"""The clock as the kernel gives it in sysfs, where cycle counters stand behind it.

`cpuinfo_avg_freq` is by definition the average since shortly before, from the counters of delivered and of
reference cycles (APERF/MPERF on x86-64, AMU on AArch64). `scaling_cur_freq` is that only on an x86-64
processor with the flag `aperfmperf`, whichever driver is loaded (arch_freq_get_on_cpu); everywhere else it
is the frequency last *asked for*, and no measurement, so it is left out.

Either speaks of the last clock tick or so, and an idle processor has nothing to say: each one is kept busy
for some milliseconds and then asked.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from ..kernel_files import numbered, read_int, read_text
from .pinned_threads import on_each

_BUSY_S = 0.010  # a clock tick at the slowest customary rate, 100 Hz
_BLOCK = bytes(2**16)


@dataclass(frozen=True)
class KernelClock:
    """One of the two files, `source` its name; `busy` keeps a processor at work before it is asked."""

    source: str
    folders: dict[int, Path]
    busy: Callable[[], None]

    def sample_mhz(self, threads: int, cpus: Sequence[int]) -> float | None:
        """The median over the processors that do the work; None where none of them has a figure."""

        def work(cpu: int | None) -> int | None:
            self.busy()
            return None if cpu is None or cpu not in self.folders else read_int(self.folders[cpu])

        khz = [found for found in on_each(min(threads, len(cpus)) or 1, cpus, work) if found]
        return median(khz) / 1000 if khz else None


def find_kernel_clock(
    cpus: Sequence[int], root: Path = Path("/"), busy: Callable[[], None] | None = None
) -> KernelClock | None:
    """The better of the two files that answers for one of `cpus`, or None."""
    flags = read_text(root / "proc/cpuinfo").split()
    names = ["cpuinfo_avg_freq", *(["scaling_cur_freq"] if "aperfmperf" in flags else [])]
    for name in names:
        folders = {
            number: folder / "cpufreq" / name
            for number, folder in numbered(root / "sys/devices/system/cpu", "cpu")
            if (folder / "cpufreq" / name).exists()
        }
        clock = KernelClock(name, folders, busy or _keep_busy)
        if folders and clock.sample_mhz(len(cpus), cpus) is not None:
            return clock
    return None


def _keep_busy() -> None:
    """Occupy this thread's processor; hashing lets other threads run meanwhile."""
    until = time.perf_counter() + _BUSY_S
    while time.perf_counter() < until:
        hashlib.sha256(_BLOCK).digest()
