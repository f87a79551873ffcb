"""What is under way when the server is told to end: it gets its answer, within a bound."""

from __future__ import annotations

import hashlib
import json
import signal
import socket
import sqlite3
import time
from urllib.parse import urlsplit

import httpx
import pytest
from collector_reports import make_report
from collector_server import ONLY_SQLITE


def begin_upload(server, body, sent):
    """Open a connection and send the head of a submission and the first `sent` bytes of its body."""
    address = urlsplit(server.url)
    connection = socket.create_connection((address.hostname, address.port), timeout=120)
    head = (
        f"POST /runs HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    )
    connection.sendall(head.encode())
    assert connection.recv(100).startswith(b"HTTP/1.1 100")  # the route is reading now
    connection.sendall(body[:sent])
    return connection


def wait_until_refused(server):
    """Until the server takes no new connection."""
    address = urlsplit(server.url)
    while True:
        try:
            socket.create_connection((address.hostname, address.port), timeout=60).close()
        except ConnectionError:
            return
        time.sleep(0.01)  # more at once than its backlog holds would be left without any answer


def receive(connection):
    answer = b""
    while part := connection.recv(65536):
        answer += part
    return answer


@ONLY_SQLITE
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_report_under_way_gets_its_receipt_and_is_stored(start_server, number):
    server = start_server("--shutdown-seconds", "120")
    body = make_report().to_json()
    with begin_upload(server, body, len(body) // 2) as connection:
        server.process.send_signal(number)
        wait_until_refused(server)
        connection.sendall(body[len(body) // 2 :])
        head, _, receipt = receive(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 201")
    assert server.process.wait(60) == 0
    assert json.loads(receipt)["sha256"] == hashlib.sha256(body).hexdigest()
    with sqlite3.connect(server.database) as database:
        assert database.execute("SELECT body FROM raw_report").fetchall() == [(body,)]


@ONLY_SQLITE
def test_an_upload_that_never_ends_does_not_keep_the_server(start_server):
    server = start_server("--shutdown-seconds", "1")
    body = make_report().to_json()
    with begin_upload(server, body, 100) as connection:
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0
        assert not receive(connection).startswith(b"HTTP/1.1 2")
    with sqlite3.connect(server.database) as database:
        assert database.execute("SELECT count(*) FROM raw_report").fetchone() == (0,)


def test_an_idle_connection_does_not_hold_up_the_end(start_server):
    server = start_server("--shutdown-seconds", "3600")
    with httpx.Client(base_url=server.url, timeout=60, trust_env=False) as client:
        assert "Connection" not in client.get("/health").headers  # it is kept on both sides
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0
