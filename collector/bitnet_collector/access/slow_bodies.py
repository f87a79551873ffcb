"""Bodies that must arrive in time, and answers that wait until a client is ready to read them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from anyio import CancelScope
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..problems import Kind, ProblemError

_RATE = 4096
"""Bytes a second that a body must keep up on average, beyond its first grace: 33 kbit/s."""
_DRAIN = 32 * 2**20
"""Bytes of an unwanted body that are read and dropped before the answer."""


class SlowBodies:
    """Bounds the time of a body: `grace_s` seconds, and one more for each 4096 bytes that came.

    A route that answers without reading the whole body (a refusal) would talk to a client that is still
    sending, which on a closed connection loses the answer: so the rest is read and dropped first, within
    the same bounds.
    """

    def __init__(self, app: ASGIApp, grace_s: float) -> None:
        """Wrap `app`."""
        self._app = app
        self._grace_s = grace_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not _has_body(scope):
            await self._app(scope, receive, send)
            return
        body = _Body(receive, self._grace_s, asyncio.get_running_loop().time)
        waits = any(name == b"expect" for name, _ in scope["headers"])  # sends nothing before it is told to

        async def send_when_read(message: Message) -> None:
            if message["type"] == "http.response.start":
                unread = not body.complete and (waits and not body.touched)
                if unread or not await body.drain():
                    MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self._app(scope, body.receive, send_when_read)


class _Body:
    """The body of one request as it comes in."""

    def __init__(self, receive: Receive, grace_s: float, clock: Callable[[], float]) -> None:
        self._receive = receive
        self._clock = clock
        self._deadline = clock() + grace_s
        self.complete = False
        self.touched = False

    async def receive(self) -> Message:
        """The next part, or the fault that it did not come in time."""
        if self.complete:
            return await self._receive()  # waits for the client to go away
        self.touched = True
        with CancelScope(deadline=max(self._clock() + 0.001, self._deadline)) as waiting:
            message = await self._receive()
        if waiting.cancelled_caught:
            raise ProblemError(
                Kind.TOO_SLOW,
                f"the body came too slowly: under {_RATE} bytes a second",
                "send it again over a quicker line, or with gzip",
            )
        self._deadline += len(message.get("body", b"")) / _RATE
        self.complete = message["type"] == "http.disconnect" or not message.get("more_body", False)
        return message

    async def drain(self) -> bool:
        """Drop what still comes; whether it came to its end."""
        dropped = 0
        while not self.complete and dropped <= _DRAIN:
            try:
                dropped += len((await self.receive()).get("body", b""))
            except ProblemError:
                return False
        return self.complete


def _has_body(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value.strip() != b"0")
        for name, value in scope["headers"]
    )
