"""Bounds that uvicorn leaves out: on a head's time and size, on slow readers, on connections."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
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


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's httptools protocol; a connection that keeps the server waiting is closed.

    uvicorn stops its keep-alive timer at a request's first byte and has none from there to the end of the
    head; its parser bounds no head, and takes one without `Host`.
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
        self._head_bytes: int | None = 0  # of the next head, as far as it came; None while a body comes
        self._listens = True
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Take the connection, or turn it away where there are too many."""
        super().connection_made(transport)
        if self.client:  # bound to `::`, IPv4 clients are not one network, nor is a proxy a stranger
            self.client = (plain_address(self.client[0]), *self.client[1:])
        self.network = network_of(self.client[0]) if self.client else ""
        if self._is_one_too_many():
            self._answer(ProblemError(Kind.BUSY, "too many connections", headers={"Retry-After": "2"}))
        else:
            self._start("head", self._head_is_late)

    def data_received(self, data: bytes) -> None:
        """Take what came; a head must be whole in time, however often a byte of it comes."""
        if self.transport.is_closing() or not self._listens:
            return
        if self._head_bytes is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._listens and self._head_bytes is not None and self._head_bytes > HEAD_BYTES:
            self.send_400_response("")
        self._mind()

    def on_headers_complete(self) -> None:
        """Begin to answer, if the head is one: a large one may also have come at once.

        Raises:
            ValueError: it is too large, or has not one `Host` (RFC 9112, 3.2); the parser hands it on to
                `send_400_response`.
        """
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() != "1.0"):
            raise ValueError(f"a head with {hosts} hosts")
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES:
            raise ValueError(f"a head of over {HEAD_BYTES} bytes")
        self._head_bytes = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Take what comes next as the next head."""
        self._head_bytes = 0
        super().on_message_complete()

    def send_400_response(self, _msg: str) -> None:
        """Tell that what came is no HTTP, unless an answer is under way; nothing is read after it."""
        self._listens = False
        asked = self.cycle if self._is_under_way() else None
        if asked is not None and not asked.more_body:  # it came after a request that is whole
            asked.keep_alive = False
            return
        if asked is not None:
            asked.disconnected = True  # a route that waits for the rest of it says nothing any more
            asked.message_event.set()
        if self.pipeline or (asked is not None and asked.response_started):
            self.transport.close()
            return
        remedy = f"send HTTP/1.1, with a head of at most {HEAD_BYTES} bytes"
        self._answer(
            ProblemError(Kind.BAD_REQUEST, "the request is no HTTP, or its head is too long", remedy)
        )

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
        elif self._is_under_way():
            self._stop("head")
        elif self.timeout_keep_alive_task is None:  # part of a head is here
            self._start("head", self._head_is_late)

    def _is_under_way(self) -> bool:
        """Whether a request is being answered; its body has bounds of its own (`slow_bodies`)."""
        return self.cycle is not None and not self.cycle.response_complete

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
