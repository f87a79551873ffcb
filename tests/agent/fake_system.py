"""A /proc and /sys of a machine that a test makes up, and a psutil that knows no more than it is told."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bitnet_agent.machine.watch.counters import System

PID = 4242


class FakeLinux:
    """Two logical processors; times in ticks of 10 ms. Change a figure, then call `write`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.seconds = 100.0
        self.user, self.system, self.idle, self.steal = 1000, 200, 5000, 10
        self.processes = {PID: [1, 300, 50, 0, 0]}  # parent, utime, stime, cutime, cstime
        self.threads = {PID: [100, 10, 1], PID + 1: [50, 5, 2]}  # voluntary, involuntary, migrations
        self.major_faults = 7
        self.swapped_pages = 1000
        self.pressure_us = 5_000_000
        self.files: dict[str, str] = {}
        self.battery: Any = None
        self.sensors: dict[str, list[Any]] = {}
        self.write()

    def write(self) -> None:
        times = f"{self.user} 0 {self.system} {self.idle} 0 0 0 {self.steal} 0 0"
        files = {
            "proc/stat": f"cpu  {times}\ncpu0 {times}\nctxt 1\n",
            "proc/vmstat": f"pgfault 12\npswpin {self.swapped_pages}\npswpout 3\n",
            "proc/pressure/cpu": f"some avg10=0.00 avg60=0.00 avg300=0.00 total={self.pressure_us}\n",
        }
        for pid, (parent, *ticks) in self.processes.items():
            stat = f"{pid} (py (thon) 3) S {parent} 1 1 0 -1 0 9 9 {self.major_faults} 9 " + " ".join(
                map(str, ticks)
            )
            files[f"proc/{pid}/stat"] = stat + " 20 0 2 0\n"
        files["proc/self/stat"] = files[f"proc/{PID}/stat"]
        for tid, (voluntary, involuntary, migrations) in self.threads.items():
            task = f"proc/self/task/{tid}"
            files[f"{task}/status"] = (
                f"Name:\tpython\nvoluntary_ctxt_switches:\t{voluntary}\n"
                f"nonvoluntary_ctxt_switches:\t{involuntary}\nx86_Thread_features:\t\n"
            )
            files[f"{task}/sched"] = f"python (1, #threads: 2)\n---\nse.nr_migrations   :   {migrations}\n"
        for name, text in (files | self.files).items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def end_thread(self, tid: int) -> None:
        del self.threads[tid]
        for file in (self.root / f"proc/self/task/{tid}").iterdir():
            file.unlink()
        (self.root / f"proc/self/task/{tid}").rmdir()

    def as_system(self) -> System:
        known = SimpleNamespace(
            cpu_count=lambda: 2,
            sensors_battery=lambda: self.battery,
            sensors_temperatures=lambda: self.sensors,
        )
        return System(root=self.root, now=lambda: self.seconds, psutil=known)
