"""Drawing examples with hypothesis: the same ones at every run of the tests, others in every soak."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar
from unittest.mock import patch

import hypothesis
from hypothesis import HealthCheck, given, settings
from hypothesis import seed as seeded
from hypothesis.internal.conjecture import providers
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

    with _without_our_literals() if seed is None else nullcontext():
        (attempt if seed is None else seeded(seed)(attempt))()


@contextmanager
def _without_our_literals() -> Iterator[None]:
    """Draw nothing that stands in this project's code.

    Hypothesis draws a part of its values from the literals of all modules that happen to be imported, so that
    any new literal, and any test that ran before, gives other examples. No setting of its turns that off.
    """
    ours, cache = "_get_local_constants", "CONSTANTS_CACHE"
    if not callable(getattr(providers, ours, None)) or not hasattr(providers, cache):
        raise RuntimeError(
            f"hypothesis {hypothesis.__version__} does not take the literals of our modules from "
            f"`{providers.__name__}.{ours}` any more: find where it does and mend tests/fuzzing.py, "
            "or each change of a literal gives the tests other examples"
        )
    with patch.object(providers, ours, providers.Constants), patch.object(providers, cache, {}):
        yield
