"""Trying again: exponential backoff with full jitter, up to a total, heeding what the other side asks for."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from .failures import NotNowError

Result = TypeVar("Result")


@dataclass(frozen=True)
class Patience:
    """How long and how often to try; seconds.

    The n-th pause is drawn evenly from 0 to `first_s` · 2ⁿ, at most `longest_s` ("full jitter": Brooker,
    Exponential Backoff and Jitter, AWS Architecture Blog, 2015), so that agents that failed together do not
    come back together. No pause begins that would end after `total_s`.
    """

    total_s: float = 120.0
    first_s: float = 1.0
    longest_s: float = 30.0
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[], float] = random.random


def persist(
    attempt: Callable[[], Result], patience: Patience, tell: Callable[[NotNowError, float], None]
) -> Result:
    """Call `attempt` until it does not raise NotNowError, or until patience is at its end.

    `tell` hears of each failure and the pause after it. What `Retry-After` asks for comes before the jitter.

    Raises:
        NotNowError: the last one, where patience ended.
    """
    deadline = patience.now() + patience.total_s
    ceiling = patience.first_s
    while True:
        try:
            return attempt()
        except NotNowError as error:
            pause = (error.retry_after_s or 0.0) + patience.draw() * min(ceiling, patience.longest_s)
            if patience.now() + pause > deadline:
                raise
            tell(error, pause)
        patience.sleep(pause)
        ceiling *= 2
