"""A load generator that costs little: reports over keep-alive connections, from a process of its own.

    python benchmarks/ingest_load.py URL CLIENTS SECONDS SEED [--health]

Each client sends its next report as soon as it has the receipt of the last. It runs beside the server on the
same processors, so it must be cheap: requests are bytes put together by hand, of an answer only status and
length are read, and the event loop is uvloop's, as the server's. Prints how many reports were acknowledged,
and in how many seconds. `--health` asks for `GET /health` instead: the same without a report.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "collector"))

import uvloop
from collector_killing import Bodies

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class _Client(asyncio.Protocol):
    """One connection: a request, its answer, the next request, until `end` (perf_counter, s)."""

    def __init__(self, host: str, bodies: Bodies | None, end: float) -> None:
        self._host, self._bodies, self._end = host.encode(), bodies, end
        self._received = b""
        self.answered = 0
        self.fault = b""
        self.closed = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # TCP's is one
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, complete, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not complete or length is None or len(body) < int(length[1]):
            return
        if head.split(b" ", 2)[1] not in ((b"200",) if self._bodies is None else (b"201",)):
            self.fault = self._received
            self._transport.close()
            return
        self._received = b""
        self.answered += 1
        self._ask()

    def connection_lost(self, _exc: Exception | None) -> None:
        self.closed.set_result(None)

    def _ask(self) -> None:
        if time.perf_counter() >= self._end:
            self._transport.close()
        elif self._bodies is None:
            self._transport.write(b"GET /health HTTP/1.1\r\nHost: %b\r\n\r\n" % self._host)
        else:
            _, body = self._bodies.next()
            self._transport.write(
                b"POST /runs HTTP/1.1\r\nHost: %b\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (self._host, len(body), body)
            )


async def _load(url: str, clients: int, seconds: float, seed: int, health: bool) -> None:
    address = urlsplit(url)
    bodies = None if health else Bodies(seed)
    begun = time.perf_counter()
    connected = [
        await asyncio.get_running_loop().create_connection(
            lambda: _Client(address.netloc, bodies, begun + seconds), address.hostname, address.port
        )
        for _ in range(clients)
    ]
    for _, client in connected:
        await client.closed
        if client.fault:
            sys.exit(f"not acknowledged: {client.fault.decode(errors='replace')}")
    print(sum(client.answered for _, client in connected), time.perf_counter() - begun)


if __name__ == "__main__":
    uvloop.run(
        _load(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), "--health" in sys.argv[5:])
    )
