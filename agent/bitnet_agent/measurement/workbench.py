"""What every measurement needs, set up in the order that costs the member least if something is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..checkpoint.finding import Checkpoint
from ..checkpoint.model import import_libraries, set_threads
from ..display import Display
from ..engines.fitting import check_engine
from ..interrupts import held_interrupts
from ..machine.clock.clock import Clock
from ..machine.clock.finding import find_clock
from ..machine.compiler import Compiler
from ..machine.limits.measuring import LimitsMeter, find_limits_meter
from ..machine.processor.affinity import ThreadPlan
from ..plan import Plan
from ..preparing import Placement, Prepared
from .generation import Generation, generate
from .loading import Loaded, load


@dataclass
class Workbench:
    """The checkpoint on the disk, the threads and their processors, and the clock that reads them."""

    plan: Plan
    checkpoint: Checkpoint
    compiler: Compiler
    placed: Placement
    clock: Clock
    tsc_mhz: float | None
    limits: LimitsMeter | None
    display: Display
    now: Callable[[], float]

    @property
    def threads(self) -> ThreadPlan:
        """How many compute, and where."""
        return self.placed.threads

    def load(self) -> Loaded:
        """Load tokenizer and model, each timed."""
        return load(self.checkpoint, self.plan, self.clock, self.display, self.now)

    def generate(
        self, loaded: Loaded, decode_tokens: int, after_prefill: Callable[[], None] = lambda: None
    ) -> Generation:
        """One repetition; progress is told between its timed spans."""
        return generate(
            loaded.model,
            loaded.prompt.ids,
            decode_tokens,
            now=self.now,
            cache=loaded.context.new_cache(),
            after_prefill=after_prefill,
            between_steps=lambda: self.display.advance(1),
        )


def set_up(
    plan: Plan, display: Display, now: Callable[[], float], prepared: Prepared, placed: Placement
) -> Workbench:
    """Find the clock of the threads that were placed, then import what the model runs on.

    Raises:
        AgentError: anything of it is missing or does not fit.
    """
    compiler, checkpoint = prepared.compiler, prepared.checkpoint
    threads = placed.threads
    found = find_clock(plan.clock_mhz, compiler, threads)
    with held_interrupts():
        import_libraries()
    check_engine(plan)
    set_threads(threads.threads)
    limits = find_limits_meter(compiler, threads, plan.dtype) if plan.limits else None
    return Workbench(plan, checkpoint, compiler, placed, found.clock, found.tsc_mhz, limits, display, now)
