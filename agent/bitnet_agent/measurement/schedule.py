"""How much to run: what the effort asks for, and what a budget of time allows.

A budget first spends itself on the work as planned; only where not even a few repetitions fit are the decode
tokens cut, because a run with fewer of them is other work and ranks apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..plan import Plan
from .looking import DECODE_TOKENS as LOOKED_INTO
from .looking import forwards_of_a_look

WARMUP_SHARE = 0.25
"""A quarter of the budget at most goes into warm-up repetitions after the second."""
FEWEST_DECODE_TOKENS = 8
MOST_REPETITIONS = 30
_WARMUP_AND_WATCH = 3  # two warm-up repetitions and the watched pass always happen
_WANTED_REPETITIONS = 3


@dataclass(frozen=True)
class Schedule:
    """What is run: repetitions, decode tokens, and seconds of warm-up after which no more is started.

    `warmup_limit_s` None sets no limit; `warmup_maximum` bounds the number of repetitions. `look_tokens` is
    how many single-token forwards are taken apart by kind of work, None where no pass is made for it.
    """

    repetitions: int
    decode_tokens: int
    warmup_maximum: int
    warmup_limit_s: float | None = None
    look_tokens: int | None = None


@dataclass(frozen=True)
class Costs:
    """What one prefill and one decode step take (seconds), and what was spent before the warm-up."""

    prefill_s: float
    step_s: float
    spent_s: float

    def repetition_s(self, decode_tokens: int) -> float:
        """One repetition's seconds."""
        return self.prefill_s + decode_tokens * self.step_s

    def look_s(self, decode_tokens: int) -> float:
        """The seconds of the pass that takes forwards apart."""
        prefills, steps = forwards_of_a_look(decode_tokens)
        return prefills * self.prefill_s + steps * self.step_s


def schedule_without_budget(plan: Plan, warmup_maximum: int) -> Schedule:
    """The plan as it stands; a quick run warms up twice and measures once."""
    look_tokens = None if plan.operators is False else min(LOOKED_INTO, plan.decode_tokens)
    if plan.effort == "quick":
        return Schedule(1, plan.decode_tokens, warmup_maximum=2, look_tokens=look_tokens)
    return Schedule(plan.repetitions, plan.decode_tokens, warmup_maximum, look_tokens=look_tokens)


def schedule_for_budget(plan: Plan, costs: Costs, warmup_maximum: int) -> Schedule:
    """Fit the plan into `plan.budget_s`: fill it with repetitions, or cut decode tokens until a few fit.

    Always at least one repetition, even if that overruns the budget. Forwards are taken apart unless the plan
    says otherwise, or says nothing and the time for it would be missing for the work as planned.
    """
    schedule = schedule_without_budget(plan, warmup_maximum)
    fitted = _fit(plan, costs, schedule)
    if plan.operators is not None or schedule.look_tokens is None:
        return fitted
    without = _fit(plan, costs, replace(schedule, look_tokens=None))
    needed = min(schedule.repetitions, _WANTED_REPETITIONS, without.repetitions) + _WARMUP_AND_WATCH
    work_s = costs.spent_s + needed * costs.repetition_s(without.decode_tokens)
    fits = work_s + costs.look_s(schedule.look_tokens) <= (plan.budget_s or 0.0)
    return fitted if fits else without


def _fit(plan: Plan, costs: Costs, schedule: Schedule) -> Schedule:
    budget_s = plan.budget_s or 0.0
    if schedule.look_tokens is not None:
        costs = replace(costs, spent_s=costs.spent_s + costs.look_s(schedule.look_tokens))
    wanted = min(schedule.repetitions, _WANTED_REPETITIONS)
    tokens = plan.decode_tokens
    while tokens > FEWEST_DECODE_TOKENS and _repetitions(costs, budget_s, tokens) < wanted:
        tokens = max(FEWEST_DECODE_TOKENS, tokens // 2)
    fitting = _repetitions(costs, budget_s, tokens)
    return replace(
        schedule,
        repetitions=max(1, min(fitting, MOST_REPETITIONS)),
        decode_tokens=tokens,
        warmup_limit_s=budget_s * WARMUP_SHARE,
        look_tokens=None if schedule.look_tokens is None else min(schedule.look_tokens, tokens),
    )


def _repetitions(costs: Costs, budget_s: float, decode_tokens: int) -> int:
    """How many measured repetitions fit beside the warm-up and the watched pass."""
    each = costs.repetition_s(decode_tokens)
    return int((budget_s - costs.spent_s) / each) - _WARMUP_AND_WATCH if each > 0 else MOST_REPETITIONS
