"""One uvicorn server on a socket that is listening already."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

import uvicorn

from .access.connections import bounded_protocol
from .app import create_app
from .logs import log_config
from .settings import Settings

QUEUE = 128
"""Connections that the system keeps until they are taken."""


def run_server(settings: Settings, listener: socket.socket, on_ready: Callable[[], None]) -> None:
    """Answer until SIGINT or SIGTERM, and end what is under way then; `on_ready` is called once it answers.

    Raises:
        SystemExit: 0 after such a signal, 3 (uvicorn's) if the application could not start.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)  # uvicorn shuts down in order and then hands the signal on to this
    config = uvicorn.Config(
        create_app(settings),
        log_config=log_config(settings.log_format),
        access_log=False,  # `watching` writes a better one
        timeout_graceful_shutdown=settings.shutdown_seconds,
        server_header=False,
        proxy_headers=False,  # believed as --trusted-proxies says, in create_app
        ws="none",
        http=bounded_protocol(settings),
        backlog=1,  # take one connection at a time, else the worker that wakes first takes all that wait
    )
    server = _Server(config, on_ready)
    server.run(sockets=[listener])
    if not server.started:
        raise SystemExit(3)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or []:
            listener.listen(QUEUE)  # `backlog` was for this as well
        if self.started:
            self._on_ready()


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
