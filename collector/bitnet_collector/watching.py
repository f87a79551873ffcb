"""What holds for every request beside its answer: an id, a line in the log, its place in the metrics."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .logs import request_id
from .metrics import Metrics

_LOG = logging.getLogger(__name__)
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_UNANSWERED = 499
"""Logged where no response was begun: the client went away, or the server had to end (nginx's number)."""


class RequestWatch:
    """Gives each request its id, answers with it, logs the request when it ends, and counts it.

    The log holds neither query nor headers nor body: tokens and members' words stay out of it.
    """

    def __init__(
        self, app: ASGIApp, metrics: Metrics, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        """Wrap `app`; `clock` gives seconds."""
        self._app = app
        self._metrics = metrics
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        known = _request_id(scope)
        noted: dict[str, Any] = {}
        scope.setdefault("state", {}).update(request_id=known, noted=noted)
        request_id.set(known)
        status, sent, begun, ended = _UNANSWERED, 0, self._clock(), False

        def end() -> None:
            nonlocal ended
            ended = True
            self._tell(scope, status, sent, self._clock() - begun, noted)

        async def send_watched(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = known
            elif message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
                if not message.get("more_body", False):
                    end()  # before the last part leaves: who has the whole answer finds it counted
            await send(message)

        self._metrics.in_flight.inc()
        try:
            await self._app(scope, receive, send_watched)
        except Exception:
            status = 500 if status == _UNANSWERED else status
            raise
        finally:
            self._metrics.in_flight.dec()
            if not ended:
                end()

    def _tell(self, scope: Scope, status: int, sent: int, seconds: float, noted: dict[str, Any]) -> None:
        method, route = scope.get("asked_method", scope["method"]), _route(scope)
        self._metrics.count(method, route, status, seconds, noted)
        fields = {
            "method": method[:20],
            "route": route,
            "path": scope["path"][:200],
            "status": status,
            "duration_ms": round(seconds * 1000, 2),
            "bytes": sent,
            "client": (scope.get("client") or ["-"])[0],
            **noted,
        }
        _LOG.info("request", extra={"fields": fields})


def note(scope: Scope, **fields: str) -> None:
    """Put short facts of the collector's own beside the request in the log, such as an outcome."""
    scope.get("state", {}).get("noted", {}).update(fields)


def _request_id(scope: Scope) -> str:
    """The client's X-Request-ID if it is a plain word of at most 64 letters, else one of our own."""
    asked = Headers(scope=scope).get("x-request-id", "")
    return asked if _SANE_ID.fullmatch(asked) else uuid.uuid4().hex


def _route(scope: Scope) -> str:
    """The route's template, such as `/runs/{run_id}`: never what a client put into an address."""
    return str(getattr(scope.get("route"), "path", "")) or "unmatched"
