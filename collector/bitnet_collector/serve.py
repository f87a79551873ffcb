"""Serving: claim the port, open the database, run until told to stop."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import sys
from types import FrameType
from typing import NoReturn

import uvicorn

from bitnet_report import __version__

from .app import create_app
from .database import open_database
from .errors import EnvironmentFaultError
from .logs import log_config
from .settings import Settings


def serve(settings: Settings) -> int:
    """Answer requests until Ctrl-C or SIGTERM; give back 0.

    Raises:
        CollectorError: the address or the database cannot be had.
    """
    with _listen(settings.host, settings.port) as listener:
        open_database(
            settings.database_url, settings.busy_timeout_ms
        ).dispose()  # a fault is told before the start
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _end)  # uvicorn shuts down in order and then hands the signal on to this
        config = uvicorn.Config(
            create_app(settings),
            log_config=log_config(settings.log_format),
            access_log=False,  # `watching` writes a better one
            timeout_graceful_shutdown=settings.shutdown_seconds,
            server_header=False,
        )
        _Server(config, _address(settings.host, listener)).run(sockets=[listener])
    return 0


class _Server(uvicorn.Server):
    """Says where it listens as soon as it answers."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            _say(
                f"bitnet-collector {__version__}: the summary is at {self._address}/summary (Ctrl-C ends it)"
            )


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise EnvironmentFaultError(
            f"the host {host} is unknown here: {error.strerror}",
            "name an address of this machine with --host",
        ) from error
    try:
        if os.name == "posix":  # elsewhere it would let two servers share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise EnvironmentFaultError(
            f"cannot listen on {host} port {port}: {error.strerror}",
            "end what uses it, or choose another with --port (0 takes any free one) or --host",
        ) from error
    if not _is_loopback(address[0]):
        _say(
            f"bitnet-collector: warning: {host} can be reached from other machines, "
            "and anyone who reaches it may read and submit"
        )
    return listener


def _is_loopback(address: str | int) -> bool:
    return ipaddress.ip_address(str(address).partition("%")[0]).is_loopback


def _address(host: str, listener: socket.socket) -> str:
    """The URL to open: for all addresses (0.0.0.0, ::) that of this machine."""
    port = listener.getsockname()[1]
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (compared, not bound)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
