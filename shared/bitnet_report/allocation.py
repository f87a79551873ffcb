"""What memory management costs a stage: pages handed out afresh, temporaries mapped and given back.

A temporary that the allocator gives back to the kernel must be faulted in again, page by page, the next time.
All counts are of the watched pass, none of the timed ones.
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from .fields import Count, Megabytes, Ms, Name, Positive, Ratio, Record

Malloc = Literal["default", "tuned", "environment"]
"""The allocator that a run had: glibc's (or the system's) as it is; with the thresholds that `--malloc tuned`
sets; or what the member's own environment makes of it (variables, a preloaded library)."""
MALLOCS: Final = ("default", "tuned")
"""What `--malloc` takes."""


class StageAllocation(Record):
    """One stage's share of it; `tokens` go through each of its `forwards`.

    `minor_faults` are those of the whole stage; per forward they are `minor_faults` / `forwards`, and per
    token that / `tokens`. `large_temporaries` counts the blocks above `Allocation.large_bytes` that one
    forward takes and gives back, together `large_temporaries_mb`. `saving_ms` is what one forward would take
    less without the faults: faults per forward × `Allocation.fault_cost_ns` / 10**6. `user_cpu_ms` and
    `system_cpu_ms` are the CPU time of one forward (getrusage, all threads together): that of the program
    itself, and what the kernel spent on its behalf, page faults above all.
    """

    stage: Name
    forwards: Positive
    tokens: Positive
    minor_faults: Count
    faults_per_forward: Ratio
    faults_per_token: Ratio
    large_temporaries: Count | None = None
    large_temporaries_mb: Megabytes | None = None
    saving_ms: Ms | None = None
    user_cpu_ms: Ms | None = None
    system_cpu_ms: Ms | None = None


class Allocation(Record):
    """Memory management in a run's forwards, with the source of each count.

    `fault_cost_ns` is the wall time of one minor fault on this machine, its page's mapping and unmapping
    included, measured on the run's threads at once; null where no fault could be provoked.
    `large_bytes` is the size from which glibc maps every block afresh, whatever it learnt (its cap of 32 MiB
    on 64 bits, `DEFAULT_MMAP_THRESHOLD_MAX` in mallopt(3)).
    """

    faults_source: Name
    fault_cost_ns: Ratio | None = None
    fault_cost_source: Name | None = None
    temporaries_source: Name | None = None
    large_bytes: Count | None = None
    stages: list[StageAllocation] = Field(default_factory=list, max_length=16, fail_fast=True)

    def stage(self, name: str) -> StageAllocation | None:
        """The stage of that name, or None where it was not looked at."""
        return next((stage for stage in self.stages if stage.stage == name), None)
