"""A small TCP proxy before a real collector that does to each connection what the test has planned for it."""

from __future__ import annotations

import re
import socket
import struct
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from urllib.parse import urlsplit

Fault = Callable[["Connection"], None]


class Connection:
    """One client's connection: the client's side, and the collector's where it is wanted."""

    def __init__(self, proxy: FaultyProxy, client: socket.socket) -> None:
        self.proxy, self.client = proxy, client

    def read_request(self) -> bytes:
        return _read_message(self.client)

    def ask_collector(self, request: bytes) -> bytes:
        """Hand the request on, and give the collector's whole answer."""
        with socket.create_connection(self.proxy.upstream) as collector:
            collector.sendall(request)
            return _read_message(collector)

    def answer(self, content: bytes) -> None:
        self.client.sendall(content)

    def reset(self) -> None:
        """End the connection with a RST, as a peer that died does."""
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.client.close()


class FaultyProxy:
    """Plays one fault a connection, in order; when they are used up, it passes everything on."""

    def __init__(self, upstream: str, faults: Sequence[Fault]) -> None:
        parts = urlsplit(upstream)
        self.upstream = (parts.hostname, parts.port)
        self.let_go = threading.Event()
        self.connections = 0
        self._faults = list(faults)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    @property
    def next(self) -> Fault:
        """What the next connection meets."""
        return self._faults[0] if self._faults else passes

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            if self.let_go.is_set():
                client.close()
                return
            fault = self._faults.pop(0) if self._faults else passes
            self.connections += 1
            threading.Thread(target=self._play, args=(fault, client), daemon=True).start()

    def _play(self, fault: Fault, client: socket.socket) -> None:
        with client, suppress(OSError):  # the client may go away
            fault(Connection(self, client))

    def stop(self) -> None:
        """End for good: a thread left in `accept` could take what comes to whoever has the number next."""
        self.let_go.set()
        socket.create_connection(self._listener.getsockname()).close()
        self._accepting.join()
        self._listener.close()


def passes(connection: Connection) -> None:
    """Pass the request on and the answer back."""
    connection.answer(connection.ask_collector(connection.read_request()))


def drops_before(connection: Connection) -> None:
    """Break off before anything was read."""
    connection.reset()


def drops_in_upload(connection: Connection) -> None:
    """Hand half of the request on to the collector, then break off on both sides."""
    with socket.create_connection(connection.proxy.upstream) as collector:
        collector.sendall(connection.client.recv(2000))
    connection.reset()


def drops_after_upload(connection: Connection) -> None:
    """Read the request, and break off with the collector never having heard of it."""
    connection.read_request()
    connection.reset()


def drops_in_answer(connection: Connection) -> None:
    """The collector has stored it; half of its receipt comes back."""
    answer = connection.ask_collector(connection.read_request())
    connection.answer(answer[: len(answer) - 20])
    connection.client.shutdown(socket.SHUT_RDWR)


def drops_after_storing(connection: Connection) -> None:
    """The collector has stored it, and nothing of that comes back."""
    connection.ask_collector(connection.read_request())
    connection.reset()


def keeps_silent(connection: Connection) -> None:
    """Hand it on, and never answer."""
    connection.ask_collector(connection.read_request())
    connection.proxy.let_go.wait(30)


def hears_nothing(connection: Connection) -> None:
    """Accept the connection and do nothing with it."""
    connection.proxy.let_go.wait(30)


def says(status: str, **headers: str) -> Fault:
    """Answer so, with the collector never having heard of it."""

    def fault(connection: Connection) -> None:
        connection.read_request()
        lines = [f"HTTP/1.1 {status}", "Content-Length: 0", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        connection.answer("\r\n".join([*lines, "", ""]).encode())

    return fault


def changes(pattern: bytes, into: bytes) -> Fault:
    """The collector has stored it; its receipt is changed on the way back, to the same length."""

    def fault(connection: Connection) -> None:
        answer = connection.ask_collector(connection.read_request())
        changed = re.sub(pattern, lambda found: into.ljust(len(found[0]))[: len(found[0])], answer)
        assert changed != answer
        connection.answer(changed)

    return fault


def _read_message(side: socket.socket) -> bytes:
    """One whole HTTP message: its head, and as much body as its head announces."""
    message = b""
    while b"\r\n\r\n" not in message:
        message += _some(side)
    head, _, body = message.partition(b"\r\n\r\n")
    length = re.search(rb"(?im)^content-length:\s*(\d+)", head)
    while len(body) < int(length[1] if length else 0):
        piece = _some(side)
        message, body = message + piece, body + piece
    return message


def _some(side: socket.socket) -> bytes:
    piece = side.recv(65536)
    if not piece:
        raise ConnectionError("the other side has gone")
    return piece
