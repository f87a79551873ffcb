"""Bounds that uvicorn leaves out: on the time of a head, on slow readers, on connections."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from ..problems import MEDIA_TYPE, Kind, ProblemError
from ..settings import Settings
from .places import is_loopback, is_within, network_of, plain_address


@dataclass(frozen=True)
class ConnectionBounds:
    """`patience_s`: for the head of a request, and for a client to read on. `unbounded`: trusted proxies."""

    patience_s: float
    connections: int
    connections_per_client: int
    unbounded: tuple[str, ...] = ()


HEAD_BYTES = 32 * 2**10
"""Bytes that a request's head may have: other programs' cookies on localhost come along with a browser's."""


def bounded_protocol(settings: Settings) -> type[asyncio.Protocol]:
    """The protocol class to give to uvicorn, with the bounds that the settings ask for."""
    bounds = ConnectionBounds(
        patience_s=settings.client_timeout_s,
        connections=settings.max_connections,
        connections_per_client=max(1, settings.max_connections // 8),
        unbounded=settings.trusted_proxies,
    )
    return cast("type[asyncio.Protocol]", partial(BoundedProtocol, bounds))  # uvicorn only calls it


class BoundedProtocol(H11Protocol):
    """uvicorn's h11 protocol; a connection that keeps the server waiting is closed.

    uvicorn stops its keep-alive timer at a request's first byte and has none from there to the end of the
    head.
    """

    def __init__(
        self,
        bounds: ConnectionBounds,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Give `bounds` first (functools.partial); uvicorn gives the rest."""
        super().__init__(config, server_state, app_state, _loop)
        self._bounds = bounds
        self.network = ""
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Take the connection, or turn it away where there are too many."""
        super().connection_made(transport)
        if (
            self.client
        ):  # bound to `::`, IPv4 clients must not look like one network, nor a proxy like a stranger
            self.client = (plain_address(self.client[0]), *self.client[1:])
        self.network = network_of(self.client[0]) if self.client else ""
        if self._is_one_too_many():
            self._answer(ProblemError(Kind.BUSY, "too many connections", headers={"Retry-After": "2"}))
        else:
            self._start("head", self._head_is_late)

    def data_received(self, data: bytes) -> None:
        """Take what came; a head must be whole in time, however often a byte of it comes."""
        if self.transport.is_closing():
            return
        # h11 bounds a head that is not whole yet: one that comes in a single large part must not pass by it.
        step = len(data) if len(data) <= HEAD_BYTES else HEAD_BYTES // 4
        for start in range(0, len(data), step):
            if not self.transport.is_closing():
                super().data_received(data[start : start + step])
        self._mind()

    def send_400_response(self, _msg: str) -> None:
        """Tell that what came is no HTTP, unless an answer is under way."""
        may_answer = self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE)
        self.conn.send_failed()  # a route that waits for the rest of it says nothing any more
        if may_answer:
            remedy = f"send HTTP/1.1, with a head of at most {HEAD_BYTES} bytes"
            self._answer(
                ProblemError(Kind.BAD_REQUEST, "the request is no HTTP, or its head is too long", remedy)
            )
        else:
            self.transport.close()

    def on_response_complete(self) -> None:
        """Go on to the next request."""
        super().on_response_complete()
        self._mind()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, also where the client does not read what is left for it."""
        super().timeout_keep_alive_handler()
        self._mind()

    def pause_writing(self) -> None:
        """Wait for the client to read, but not for ever."""
        super().pause_writing()
        self._start("reader", self.transport.abort)

    def resume_writing(self) -> None:
        """Go on writing."""
        self._stop("reader")
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        for name in list(self._timers):
            self._stop(name)
        super().connection_lost(exc)

    def _mind(self) -> None:
        if self.transport.is_closing():  # what is still unsent may be read until then
            self._stop("head")
            self._start("end", self.transport.abort)
        elif self.conn.their_state is not h11.IDLE:
            self._stop("head")
        elif self.timeout_keep_alive_task is None:  # part of a head is here
            self._start("head", self._head_is_late)

    def _head_is_late(self) -> None:
        self._timers.pop("head", None)
        self._answer(ProblemError(Kind.TOO_SLOW, "the request's head did not come in time", "send it again"))

    def _answer(self, error: ProblemError) -> None:
        """Answer without the application, and close."""
        document = error.document
        body = json.dumps(document.model_dump(exclude_none=True)).encode()
        headers = {
            "Content-Type": MEDIA_TYPE,
            "Content-Length": len(body),
            "Connection": "close",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            **error.headers,
        }
        lines = [f"HTTP/1.1 {document.status} {document.title}", *(f"{k}: {v}" for k, v in headers.items())]
        self.transport.write("\r\n".join([*lines, "", ""]).encode() + body)
        self.transport.close()
        self._mind()

    def _is_one_too_many(self) -> bool:
        if len(self.connections) > self._bounds.connections:
            return True
        address = self.client[0] if self.client else ""
        if is_loopback(address) or is_within(address, self._bounds.unbounded):
            return False
        same = sum(1 for other in self.connections if getattr(other, "network", "") == self.network)
        return same > self._bounds.connections_per_client

    def _start(self, name: str, act: Callable[[], None]) -> None:
        if name not in self._timers:
            self._timers[name] = self.loop.call_later(self._bounds.patience_s, act)

    def _stop(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()
