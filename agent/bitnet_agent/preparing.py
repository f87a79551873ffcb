"""What is settled before torch is imported, in the order that costs the member least if it fails."""

from __future__ import annotations

from dataclasses import dataclass

from .checkpoint.finding import Checkpoint, check_name, find_checkpoint
from .checkpoint.preflight import check_context, check_memory
from .checkpoint.prompting import check_prompt
from .display import Display, report_bytes
from .errors import EnvironmentFaultError
from .machine.clock.pinned_threads import own_cpus
from .machine.compiler import Compiler, find_compiler
from .machine.processor.affinity import Pinning, ThreadPlan, apply_plan, plan_threads
from .machine.processor.topology import read_topology
from .machine.surroundings.environment import load_average
from .machine.trial import complaint_of
from .plan import Plan


@dataclass(frozen=True)
class Placement:
    """On which processors how many threads compute; `allowed` is what this process might use at its start."""

    threads: ThreadPlan
    pinning: Pinning
    allowed: tuple[int, ...]


@dataclass(frozen=True)
class Prepared:
    """A compiler that compiles, the checkpoint on this disk, and the load averages from before the search."""

    compiler: Compiler
    checkpoint: Checkpoint
    load_before: list[float] | None


def prepare(plan: Plan, display: Display) -> Prepared:
    """Check what takes no time, then the compiler, then fetch the checkpoint and hold it to the plan.

    Raises:
        AgentError: anything of it is missing or does not fit.
    """
    display.begin("prepare", None)
    load_before = load_average()
    check_name(plan.model, plan.revision)
    check_prompt(plan.prompt)
    compiler = _working_compiler()
    checkpoint = find_checkpoint(plan.model, plan.revision, progress=report_bytes(display, "prepare"))
    if plan.prompt.tokens is not None:
        check_context(checkpoint, plan.prompt.tokens, plan.decode_tokens, plan.context_depth)
    check_memory(checkpoint, plan)
    return Prepared(compiler, checkpoint, load_before)


def place_threads(plan: Plan) -> Placement:
    """Settle threads and processors; in the process that measures, before anything there imports torch.

    With OMP_PROC_BIND set, OpenMP binds the first thread to one processor as soon as it is loaded: read after
    that, the machine would seem to have one.

    Raises:
        UsageError: more threads are asked for than could mean anything.
    """
    allowed = own_cpus()
    threads = plan_threads(plan.threads, plan.pin, read_topology())
    return Placement(threads, apply_plan(threads), own_cpus() if plan.pin else allowed)


def _working_compiler() -> Compiler:
    compiler = find_compiler()
    complaint = complaint_of(compiler)
    if complaint is not None:
        raise EnvironmentFaultError(
            f"the C++ compiler cannot compile what the model needs: {complaint}",
            "see `bitnet-agent doctor`; reinstall the compiler, or name another with CXX",
        )
    return compiler
