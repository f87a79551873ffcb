"""Drawing examples with hypothesis: the same ones at every run of the tests, others in every soak."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import seed as seeded
from hypothesis.strategies import SearchStrategy

Drawn = TypeVar("Drawn")


def examine_all(
    strategy: SearchStrategy[Drawn], examine: Callable[[Drawn], Any], examples: int, seed: int | None = None
) -> None:
    """Give `examine` so many values; without a `seed` they are the same at every run.

    Raises:
        Exception: what `examine` raised, with the smallest value that still raises it in its notes.
    """

    @settings(
        max_examples=examples,
        derandomize=seed is None,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def attempt(drawn: Drawn) -> None:
        examine(drawn)

    (attempt if seed is None else seeded(seed)(attempt))()
