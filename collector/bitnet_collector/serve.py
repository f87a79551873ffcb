"""Serving: claim the port, open the database, run until told to stop."""

from __future__ import annotations

import os
import socket
import sys

from bitnet_report import __version__

from .access.keyring import were_tokens_made
from .access.places import is_loopback
from .access.strangers import refuse_strangers
from .database import open_database
from .errors import EnvironmentFaultError
from .server import QUEUE, run_server
from .settings import Settings
from .workers import run_workers


def serve(settings: Settings) -> int:
    """Answer requests until Ctrl-C or SIGTERM; give back 0.

    Raises:
        CollectorError: the address or the database cannot be had, or a worker could not start.
        SystemExit: 0 after such a signal.
    """
    with _listen(settings.host, settings.port) as listener:
        # A fault is told before the start, and workers find the database migrated.
        database = open_database(settings.database_url, settings.busy_timeout_ms, settings.pool_size)
        try:
            with database.reading() as session:
                tokens_made = were_tokens_made(session)
        finally:
            database.dispose()
        bound = str(listener.getsockname()[0]).partition("%")[0]
        for sentence in refuse_strangers(settings, is_loopback(bound), tokens_made):
            _say(f"bitnet-collector: {sentence}")
        address = _address(settings.host, listener)
        run = run_workers if settings.workers > 1 else run_server
        run(settings, listener, lambda: _say_where(address))
    return 0


def _say_where(address: str) -> None:
    _say(f"bitnet-collector {__version__}: the summary is at {address}/summary (Ctrl-C ends it)")


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
        listener.listen(QUEUE)
    except OSError as error:
        listener.close()
        raise EnvironmentFaultError(
            f"cannot listen on {host} port {port}: {error.strerror}",
            "end what uses it, or choose another with --port (0 takes any free one) or --host",
        ) from error
    return listener


def _address(host: str, listener: socket.socket) -> str:
    """The URL to open: for all addresses (0.0.0.0, ::) that of this machine."""
    port = listener.getsockname()[1]
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (compared, not bound)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
