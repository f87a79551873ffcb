from __future__ import annotations

import os
import random
import signal

import psutil
from collector_killing import Bodies, Ledger, audit, ingest_and_kill, kill_rounds, send_again
from collector_server import Server

UNLIMITED = ("--rate-limit", "0")
ROUNDS = 5
"""`make soak` does fifty on each engine (benchmarks/soak_kill.py)."""


def test_a_killed_server_has_lost_nothing_that_it_acknowledged(start_server):
    ledger = kill_rounds(start_server(*UNLIMITED), ROUNDS, seed=1)
    assert len(ledger.receipts) == len(ledger.sent) > ROUNDS


def test_a_killed_worker_has_lost_nothing_and_the_others_go_on(start_server):
    server = start_server("--workers", "2", *UNLIMITED)
    ledger, bodies, chance = Ledger(), Bodies(2), random.Random(2)
    for _ in range(ROUNDS // 2):

        def kill():
            children = psutil.Process(server.process.pid).children()
            workers = [child.pid for child in children if "spawn_main" in str(child.cmdline())]
            os.kill(chance.choice(workers), signal.SIGKILL)

        ingest_and_kill(server, ledger, bodies, kill, before=chance.randint(1, 30), after=30)
        audit(server.database_url, ledger)
    send_again(server, ledger)
    ledger.audited.clear()
    assert audit(server.database_url, ledger).acknowledged == len(ledger.sent)


def test_a_killed_postgresql_backend_has_lost_nothing_and_the_collector_goes_on(own_postgres):
    """PostgreSQL then ends all its connections and recovers from its log, as after a loss of power."""
    server = Server(own_postgres.new_database(), *UNLIMITED)
    ledger, bodies, chance = Ledger(), Bodies(3), random.Random(3)
    find = "SELECT pid FROM pg_stat_activity WHERE application_name = 'bitnet-collector'"
    for _ in range(2):  # each recovery takes PostgreSQL some seconds

        def kill():
            os.kill(chance.choice(own_postgres.execute(find))[0], signal.SIGKILL)

        ingest_and_kill(server, ledger, bodies, kill, before=chance.randint(1, 30), after=20)
        audit(server.database_url, ledger)
    send_again(server, ledger)
    ledger.audited.clear()
    assert audit(server.database_url, ledger).acknowledged == len(ledger.sent)
    server.stop()
