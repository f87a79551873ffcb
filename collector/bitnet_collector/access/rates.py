"""How often a client may ask: a rate with bursts, kept per key in bounded memory."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

_KEYS = 65536
"""Clients remembered at once; beyond it the one that was quiet for longest is forgotten."""


class RateLimiter:
    """Lets each key ask `per_minute` times a minute, that many at once (GCRA, ITU-T I.371); 0 lets all pass.

    What is kept of a key is one time: when it would be through if it kept to its rate.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the rate and a clock in seconds."""
        self._interval = 60 / per_minute if per_minute else 0.0
        self._clock = clock
        self._through: OrderedDict[str, float] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, key: str) -> float:
        """Count one request: 0 where it may pass, else the seconds after which the next one may."""
        if not self._interval:
            return 0.0
        with self._lock:
            now = self._clock()
            through = max(self._through.get(key, now), now) + self._interval
            wait = through - now - 60
            if wait > 1e-6:
                return wait
            self._through[key] = through
            self._through.move_to_end(key)
            if len(self._through) > _KEYS:
                self._through.popitem(last=False)
            return 0.0
