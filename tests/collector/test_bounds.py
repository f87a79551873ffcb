"""Clients that ask too often, too slowly, or too much at once, against the real server process."""

from __future__ import annotations

import gzip
import json
import socket
import time
from contextlib import suppress

import psutil
import pytest
from collector_app import ELSEWHERE, App
from collector_reports import make_report
from collector_server import ONLY_SQLITE

from bitnet_collector.access.rates import RateLimiter

PATIENCE = 1.0  # seconds; a client that is not slow has it too, and must not miss it on a busy machine


@pytest.fixture(scope="module")
def impatient(tmp_path_factory):
    """A collector that waits a second for a slow client."""
    from collector_server import Server

    folder = tmp_path_factory.mktemp("impatient")
    running = Server(folder / "runs.db", "--client-timeout", str(PATIENCE), log=folder / "log")
    yield running
    running.stop()


def connect(server) -> socket.socket:
    host, port = server.url.removeprefix("http://").rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=120)


def answer(client: socket.socket) -> bytes:
    """All that comes until the server closes the connection; a reset counts as the end."""
    parts = []
    try:
        while part := client.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def trickle(client: socket.socket, data: bytes, pause_s: float = 0.05) -> int:
    """Send byte after byte until the server has had enough; how many it took."""
    for sent in range(len(data)):
        try:
            client.sendall(data[sent : sent + 1])
        except OSError:
            return sent
        time.sleep(pause_s)  # this is what a slow client does
    return len(data)


def still_serves(server) -> None:
    assert server.client.get("/health").status_code == 200


HEAD = b"POST /runs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


def test_a_client_that_says_nothing_is_told_and_closed(impatient):
    with connect(impatient) as client:
        assert answer(client).startswith(b"HTTP/1.1 408 ")
    still_serves(impatient)


def test_a_head_that_trickles_is_cut_off_however_steadily_it_comes(impatient):
    with connect(impatient) as client:
        assert trickle(client, HEAD + b"X-Padding: " + b"x" * 1000) < 200
    still_serves(impatient)


def test_the_second_head_on_a_connection_has_no_more_time_than_the_first(impatient):
    with connect(impatient) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
        assert trickle(client, b"GET /health HTTP/1.1\r\nX: " + b"x" * 1000) < 200
    still_serves(impatient)


def test_a_body_that_trickles_is_a_408_problem(impatient):
    started = time.monotonic()
    with connect(impatient) as client:
        client.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
        assert trickle(client, b" " * 1000) < 1000
        told = answer(client)
    assert time.monotonic() - started >= PATIENCE  # not before
    assert told.startswith(b"HTTP/1.1 408 ")
    assert b":too-slow" in told
    still_serves(impatient)


def test_a_body_that_nobody_asked_for_cannot_trickle_either(impatient):
    with connect(impatient) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n")
        assert trickle(client, b" " * 1000) < 200
    still_serves(impatient)


def test_a_steady_body_may_take_longer_than_the_patience(impatient):
    body = make_report("SLOW").to_json()
    body += b" " * (200_000 - len(body))  # each piece earns five seconds: no pause of the machine is as long
    step = len(body) // 10
    started = time.monotonic()
    with connect(impatient) as client:
        head = HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
        client.sendall(head + body[:step])
        for start in range(step, len(body), step):
            time.sleep(PATIENCE / 6)
            client.sendall(body[start : start + step])
        assert time.monotonic() - started > PATIENCE
        assert answer(client).startswith(b"HTTP/1.1 201 ")


def test_a_client_that_does_not_read_is_let_go(impatient):
    body = make_report("LONG", note="x" * 4000).to_json()
    body += b" " * (7 * 2**20 - len(body))
    run_id = impatient.submit(body).json()["run_id"]
    process = psutil.Process(impatient.process.pid)
    with connect(impatient) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        port = client.getsockname()[1]
        client.sendall(f"GET /runs/{run_id}.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        deadline = time.monotonic() + 120
        while any(c.raddr and c.raddr.port == port for c in process.net_connections(kind="tcp")):
            assert time.monotonic() < deadline, "the server holds on to a client that does not read"
            time.sleep(0.05)
    still_serves(impatient)


@ONLY_SQLITE
def test_connections_beyond_the_bound_are_told_to_come_back(start_server):
    server = start_server("--max-connections", "6")
    crowd = [connect(server) for _ in range(6)]
    try:
        with connect(server) as one_more:
            told = answer(one_more)
    finally:
        for client in crowd:
            client.close()
    assert told.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nRetry-After: " in told
    assert b"application/problem+json" in told
    deadline = time.monotonic() + 60
    while server.client.get("/health").status_code == 503:  # it has not seen yet that the crowd is gone
        assert time.monotonic() < deadline
    still_serves(server)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A collector as it is by default."""
    from collector_server import Server

    running = Server(tmp_path_factory.mktemp("bounds") / "runs.db")
    yield running
    running.stop()


def test_a_head_that_never_ends_is_refused_at_a_bound(server):
    with connect(server) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        sent = 0
        try:
            while sent < 4 * 2**20:
                client.sendall(b"X-%d: " % sent + b"x" * 8000 + b"\r\n")
                sent += 8000
        except OSError:
            pass
        assert answer(client).startswith(b"HTTP/1.1 400 ") or sent < 4 * 2**20
    assert sent < 2**20 * 4
    still_serves(server)


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 50,  # TLS
        b"GET /runs HTTP/1.1\r\n\r\n",  # no Host
        b"GET /runs/\xff HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /runs HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * 50000 + b"\r\n\r\n",
        b"GET /runs HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: localhost\r\n\r\n",
        HEAD + b"Content-Length: -4\r\n\r\n1234",
        HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_http_is_told_so_as_any_other_problem(server, data):
    with connect(server) as client:
        with suppress(OSError):  # it may be told, and the connection closed, before all is sent
            client.sendall(data)
        head, _, body = answer(client).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"Content-Type: application/problem+json" in head
    assert json.loads(body)["type"].endswith(":bad-request")
    still_serves(server)


def test_requests_sent_at_once_are_answered_in_turn(server):
    with connect(server) as client:
        for number in range(20):
            last = b"Connection: close\r\n" if number == 19 else b""
            client.sendall(
                b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Request-ID: %d\r\n%b\r\n" % (number, last)
            )
        told = answer(client)
    answered = [line for line in told.splitlines() if line.lower().startswith(b"x-request-id: ")]
    assert [int(line.split()[1]) for line in answered] == list(range(20))


@pytest.mark.parametrize("after", [b"\x00" * 10, b"GET / HTTP/1.1\r\nX: " + b"x" * 10**6])
def test_what_is_no_http_after_a_report_costs_it_no_receipt(server, after):
    body = make_report("RESTLESS").to_json()
    with connect(server) as client:
        with suppress(OSError):  # the answer may be there, and the connection closed, before all is sent
            client.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body + after)
        told = answer(client)
    assert told.startswith(b"HTTP/1.1 201 ")
    assert told.count(b"HTTP/1.1 ") == 1
    still_serves(server)


def test_a_gzip_bomb_costs_no_memory(server):
    bomb = gzip.compress(b" " * (128 * 2**20), compresslevel=9)
    process = psutil.Process(server.process.pid)
    server.submit(gzip.compress(b" " * 2**20), **{"Content-Encoding": "gzip"})
    before = process.memory_info().rss
    answers = [server.submit(bomb, **{"Content-Encoding": "gzip"}).status_code for _ in range(3)]
    assert answers == [413] * 3
    assert process.memory_info().rss - before < 64 * 2**20


@ONLY_SQLITE
def test_a_refusal_reaches_a_client_that_is_still_sending(start_server):
    from test_tokens import make

    server = start_server()
    make(server.database_url, "WJ")
    for size in (2 * 2**20, 20 * 2**20):
        refused = server.submit(b" " * size)
        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    still_serves(server)


@ONLY_SQLITE
def test_a_client_that_waits_to_be_told_to_go_on_sends_nothing_in_vain(start_server):
    from test_tokens import make

    server = start_server()
    make(server.database_url, "WJ")
    with connect(server) as client:
        client.sendall(HEAD + b"Content-Length: 5000000\r\nExpect: 100-continue\r\n\r\n")
        told = answer(client)
    assert told.startswith(b"HTTP/1.1 401 ")
    assert b"100 Continue" not in told


def test_a_body_that_says_it_is_too_large_is_not_asked_for(server):
    with connect(server) as client:
        client.sendall(HEAD + b"Content-Length: 8000000000\r\nExpect: 100-continue\r\n\r\n")
        told = answer(client)
    assert told.startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in told


def test_a_rate_lets_bursts_through_and_then_keeps_its_pace():
    now = 0.0
    limiter = RateLimiter(60, lambda: now)
    assert [limiter.wait_s("a") for _ in range(60)] == [0.0] * 60
    assert limiter.wait_s("a") == pytest.approx(1.0)
    assert limiter.wait_s("b") == 0.0  # each has a rate of its own
    now = 1.0
    assert limiter.wait_s("a") == 0.0
    assert limiter.wait_s("a") == pytest.approx(1.0)
    now = 61.0
    assert [limiter.wait_s("a") for _ in range(60)] == [0.0] * 60
    assert limiter.wait_s("a") > 0
    assert [RateLimiter(0).wait_s("a") for _ in range(100)] == [0.0] * 100


def test_what_a_rate_remembers_is_bounded():
    limiter = RateLimiter(1, lambda: 0.0)
    for number in range(70000):
        limiter.wait_s(str(number))
    assert len(limiter._through) <= 65536


def test_each_token_and_each_address_has_its_rate(tmp_path):
    app = App(tmp_path, host="0.0.0.0", rate_limit=2)
    one, two = app.make_token("WJ"), app.make_token("WJ")

    def statuses(token=None, client=ELSEWHERE, times=3):
        return [app.ask("GET", "/runs", token, client).status_code for _ in range(times)]

    assert statuses(one) == [200, 200, 429]
    assert statuses(one, client="198.51.100.1") == [429] * 3  # the token is the same
    assert statuses(two) == [200, 200, 429]
    assert statuses() == [200, 200, 429]
    assert statuses("bnt_" + "0" * 12 + "_" + "x" * 43) == [429] * 3  # guessing counts for the address
    assert statuses(client="2001:db8::1") == [200, 200, 429]
    assert statuses(client="2001:db8::ffff") == [429] * 3  # the same /64
    assert statuses(client="2001:db8:1::1") == [200, 200, 429]
    assert statuses(client=f"::ffff:{ELSEWHERE}") == [429] * 3  # the IPv4 address of before
    assert statuses(client="::ffff:203.0.113.10") == [200, 200, 429]  # and another one
    assert statuses(client="127.0.0.1", times=9) == [200] * 9
    limited = app.ask("GET", "/runs", client=ELSEWHERE)
    assert limited.json()["type"].endswith(":rate-limited")
    assert 1 <= int(limited.headers["Retry-After"]) <= 60
    assert app.ask("GET", "/health", client=ELSEWHERE).status_code == 200
    app.stop()
