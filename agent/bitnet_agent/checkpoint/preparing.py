"""Everything about the checkpoint that is settled before anything is timed."""

from __future__ import annotations

from ..display import Display, report_bytes
from ..plan import Plan
from .finding import Checkpoint, find_checkpoint
from .preflight import check_memory


def prepare(plan: Plan, display: Display) -> Checkpoint:
    """Have the checkpoint on this disk, and know that it fits into memory, before anything is timed."""
    display.begin("prepare", None)
    progress = report_bytes(display, "prepare")
    checkpoint = find_checkpoint(plan.model, plan.revision, progress=progress)
    check_memory(checkpoint, plan)
    return checkpoint
