"""Work done in rounds: what is asked for while one is under way waits, and is done together in the next."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

_STEPS = 8
"""Steps of the event loop before a round: a request that has arrived takes about as many to join it."""

Asked = TypeVar("Asked")
Given = TypeVar("Given")


class Rounds(Generic[Asked, Given]):
    """Hands all that waits to `work`, up to `most` at a time, in one thread of its own.

    `work` gives an answer or an exception for each thing asked, in their order; what it raises is the answer
    to all of them. A round begins as soon as something waits and what has arrived by then is read: nothing
    is delayed by the clock, and the more comes in at once, the more shares a round. Nobody is answered from
    a round that began before they asked.
    """

    def __init__(
        self, work: Callable[[Sequence[Asked]], Sequence[Given | Exception]], most: int, name: str
    ) -> None:
        """Begin nothing yet; the thread is called `name`."""
        self._work = work
        self._most = most
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._waiting: deque[tuple[Asked, asyncio.Future[Given]]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def join(self, asked: Asked) -> Given:
        """Wait for the answer of the round that this is in; raises what it gives as an exception."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Given] = loop.create_future()
        self._waiting.append((asked, answer))
        if self._running is None:
            self._running = loop.create_task(self._run())
        return await answer

    def close(self) -> None:
        """Wait for the round that is under way; none begins after it."""
        self._thread.shutdown(wait=True)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                for _ in range(_STEPS):
                    await asyncio.sleep(0)
                turn = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
                given = await loop.run_in_executor(self._thread, self._do, [asked for asked, _ in turn])
                for (_, answer), found in zip(turn, given, strict=True):
                    if answer.done():  # whoever asked was cancelled meanwhile
                        continue
                    if isinstance(found, Exception):
                        answer.set_exception(found)
                    else:
                        answer.set_result(found)
        finally:
            self._running = None

    def _do(self, asked: Sequence[Asked]) -> Sequence[Given | Exception]:
        try:
            return self._work(asked)
        except Exception as error:  # noqa: BLE001  (raised again in each of those who asked)
            return [error] * len(asked)
