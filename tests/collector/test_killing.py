from __future__ import annotations

import pytest
from collector_killing import (
    backend_killer,
    connection_ender,
    kill_part_rounds,
    kill_rounds,
    worker_killer,
)
from collector_server import Server

UNLIMITED = ("--rate-limit", "0")
ROUNDS = 3
"""`make soak` does fifty of each kind (benchmarks/soak_kill.py)."""


def test_a_killed_server_has_lost_nothing_that_it_acknowledged(start_server):
    ledger = kill_rounds(start_server(*UNLIMITED), ROUNDS, seed=1)
    assert len(ledger.receipts) == len(ledger.sent) > ROUNDS


def test_a_killed_worker_has_lost_nothing_and_the_others_go_on(start_server):
    server = start_server("--workers", "2", *UNLIMITED)
    kill_part_rounds(server, worker_killer(server), 2, seed=2)


@pytest.mark.parametrize("killer", [backend_killer, connection_ender])
def test_a_killed_postgresql_backend_has_lost_nothing_and_the_collector_goes_on(own_postgres, killer):
    server = Server(own_postgres.new_database(), "--workers", "2", *UNLIMITED)
    try:
        kill_part_rounds(server, killer(own_postgres), 1, seed=3)  # PostgreSQL takes a while to recover
    finally:
        server.stop()
