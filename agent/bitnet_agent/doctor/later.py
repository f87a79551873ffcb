"""Waiting for somebody else's answer, but not for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Later(Generic[Answer]):
    """A question asked on a thread of its own, which the program's end does not wait for.

    A name server that does not answer would hold any timeout of the HTTP client's up.
    """

    def __init__(self, ask: Callable[[], Answer]) -> None:
        """Begin to ask."""
        self._ask = ask
        self._answers: list[Answer] = []
        self._errors: list[Exception] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._answers.append(self._ask())
        except Exception as error:  # noqa: BLE001 - raised again where the answer is wanted
            self._errors.append(error)

    def answer(self, deadline: float) -> Answer | None:
        """The answer, or None if there is none by `deadline` (time.monotonic); raises what asking raised."""
        self._thread.join(max(0.0, deadline - time.monotonic()))
        if self._errors:
            raise self._errors[0]
        return self._answers[0] if self._answers else None
