"""Whether an engine can do what a plan wants, found before a model is loaded."""

from __future__ import annotations

from ..errors import EnvironmentFaultError, UsageError
from ..plan import Plan
from .registry import find_engine


def check_engine(plan: Plan) -> None:
    """Refuse an engine that does not exist, or that cannot run the plan's type, or not on this machine.

    What it computes with is imported here, so that no stage is charged for it.

    Raises:
        UsageError: it does not exist, or not for that type.
        EnvironmentFaultError: this machine lacks what it needs.
    """
    engine = find_engine(plan.engine)
    if plan.dtype not in engine.dtypes:
        raise UsageError(
            f"the engine {engine.name} computes in {' or '.join(engine.dtypes)}, not in {plan.dtype}",
            "leave --dtype out, or take another --engine",
        )
    missing = engine.lacks()
    if missing is not None:
        raise EnvironmentFaultError(
            f"the engine {engine.name} cannot run on this machine: {missing.en}",
            "take another --engine; `bitnet-agent engines` tells which can run",
        )
