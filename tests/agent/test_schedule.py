"""What a budget allows: the pass that takes forwards apart never costs the work that was asked for."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.agent


def schedule(budget_s, operators=None, **changes):
    """A prefill of 2 s and decode steps of 1 s: a repetition of 10 s, and a pass of 2 × 2 + 5 × 1 = 9 s."""
    from bitnet_agent.measurement.schedule import Costs, schedule_for_budget
    from bitnet_agent.plan import Plan

    plan = Plan(budget_s=budget_s, operators=operators, decode_tokens=8, **changes)
    return schedule_for_budget(plan, Costs(prefill_s=2, step_s=1, spent_s=20), warmup_maximum=8)


@pytest.mark.parametrize(
    ("budget_s", "operators", "repetitions", "look_tokens"),
    [
        (89, None, 3, 4),  # 20 spent, 3 × 10 warming up and watching, 9 for the pass, 30 measured
        (88, None, 3, None),  # a second short of it: the repetitions come first
        (88, True, 2, 4),
        (89, False, 3, None),
        (200, None, 14, 4),
        (60, None, 1, None),
        (60, True, 1, 4),
    ],
)
def test_the_budget_decides_unless_the_member_does(budget_s, operators, repetitions, look_tokens):
    found = schedule(budget_s, operators)
    assert (found.repetitions, found.look_tokens) == (repetitions, look_tokens)
    assert found.decode_tokens == 8


def test_fewer_decode_tokens_are_no_price_to_pay():
    from bitnet_agent.measurement.schedule import Costs, schedule_for_budget
    from bitnet_agent.plan import Plan

    costs = Costs(prefill_s=2, step_s=1, spent_s=0)
    for budget_s in range(60, 260, 7):
        with_pass, without = (
            schedule_for_budget(Plan(budget_s=budget_s, operators=operators), costs, 8)
            for operators in (None, False)
        )
        assert with_pass.decode_tokens == without.decode_tokens
        assert with_pass.repetitions >= min(3, without.repetitions)


@pytest.mark.parametrize(("effort", "operators", "tokens"), [("quick", None, 4), ("standard", False, None)])
def test_without_a_budget_the_pass_is_made_unless_forbidden(effort, operators, tokens):
    from bitnet_agent.measurement.schedule import schedule_without_budget
    from bitnet_agent.plan import Plan

    assert schedule_without_budget(Plan(effort=effort, operators=operators), 8).look_tokens == tokens


def test_no_more_steps_are_taken_apart_than_there_are():
    from bitnet_agent.measurement.schedule import schedule_without_budget
    from bitnet_agent.plan import Plan

    assert schedule_without_budget(Plan(decode_tokens=2), 8).look_tokens == 2
