"""Ingest over HTTP against bare sqlite3, both with a durable commit behind each report of the same size.

    python benchmarks/bench_ingest.py [SECONDS]

Bare: one connection, WAL, synchronous=FULL, one INSERT of the bytes in a transaction of its own.
The collector: a real server on a SQLite file of the same disk, with one worker and with two, fed by 8 and by
64 clients that each wait for their receipt (`ingest_load.py`, a cheap process beside it).
All take turns, three times. A disk that others use too can take ten times as long for a commit from one
minute to the next, so each rate is held against the bare one of its own turn. Last it is told where the time
goes: what the parts cost by themselves, on one processor, without the disk.
"""

from __future__ import annotations

import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "collector"))

import psutil
from collector_killing import Bodies
from collector_reports import START
from collector_server import Server

from bitnet_collector.access.keyring import were_tokens_made
from bitnet_collector.database import open_database
from bitnet_collector.storing import store_runs, submission_of
from bitnet_report import read_report

SHAPES = ((1, 8), (1, 64), (2, 64))
"""Workers and clients."""
TURNS = 3
GOAL = 0.5
LOAD = Path(__file__).with_name("ingest_load.py")


def bare(folder: Path, seconds: float, bodies: Bodies) -> float:
    """Reports a second that sqlite3 alone commits."""
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE IF NOT EXISTS raw (run_id TEXT PRIMARY KEY, body BLOB)")
        done, begun = 0, time.perf_counter()
        while time.perf_counter() - begun < seconds:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO raw VALUES (?, ?)", bodies.next())
            connection.execute("COMMIT")
            done += 1
        return done / (time.perf_counter() - begun)


def over_http(server: Server, clients: int, seconds: float, seed: int, *options: str) -> float:
    """Reports a second that the collector acknowledges."""
    load = [sys.executable, LOAD, server.url, str(clients), str(seconds), str(seed), *options]
    done, took = subprocess.run(load, check=True, stdout=subprocess.PIPE, text=True).stdout.split()  # noqa: S603  (our own)
    return int(done) / float(took)


def each_ms(seconds: float, act: Callable[[], object], reports: int = 1) -> float:
    """Processor time of `act` for each of its reports."""
    done, begun, until = 0, time.process_time(), time.perf_counter() + seconds
    while time.perf_counter() < until:
        act()
        done += reports
    return 1000 * (time.process_time() - begun) / done


def processor_s(server: Server) -> float:
    """Processor time that a server of one process has taken."""
    return sum(psutil.Process(server.process.pid).cpu_times()[:2])


def tell_parts(folder: Path, server: Server, seconds: float) -> None:
    """Print what the parts of an ingest take of a processor, each alone."""
    bodies = Bodies(0)
    body = bodies.next()[1]
    report = read_report(body)
    database = open_database(f"sqlite:///{folder / 'parts.db'}")

    def store(together: int) -> None:
        with database.writing() as session:
            new = [bodies.next() for _ in range(together)]
            store_runs(session, [row._replace(row={**row.row, "run_id": i}, body=b) for i, b in new])

    def ask() -> None:
        with database.reading() as session:
            were_tokens_made(session)

    row = submission_of(report, "WJ", body, START)
    parts = {
        "reading and checking it": each_ms(seconds, lambda: read_report(body)),
        "making its row": each_ms(seconds, lambda: submission_of(report, "WJ", body, START)),
        "asking whether tokens were made": each_ms(seconds, ask),
        **{f"storing {k} in one transaction": each_ms(seconds, partial(store, k), k) for k in (1, 8, 32)},
    }
    database.dispose()
    for name, clients, *options in (("answering GET /health", 8, "--health"), ("all, with 64 clients", 64)):
        begun = processor_s(server)
        answered = over_http(server, clients, seconds, 1000, *options) * seconds
        parts[name] = 1000 * (processor_s(server) - begun) / answered
    print("where the time goes: processor time of each part alone (ms a report)")
    for name, each in parts.items():
        print(f"  {name:32} {each:6.3f}")


def tell_rates(least: list[float], found: dict[tuple[int, int], list[float]]) -> None:
    """Print the rates of each turn, their ratios to the bare one, and whether the goal is reached."""

    def several(figures: list[float], digits: int) -> str:
        listed = ", ".join(f"{figure:.{digits}f}" for figure in figures)
        return f"{statistics.median(figures):.{digits}f} ({listed})"

    print(f"bare sqlite3: {several(least, 0)}")
    best = 0.0
    for (workers, clients), rates in found.items():
        ratios = [rate / bare_rate for rate, bare_rate in zip(rates, least, strict=True)]
        best = max(best, statistics.median(ratios))
        print(f"{workers} workers, {clients:2} clients: {several(rates, 0)}, ratio {several(ratios, 3)}")
    print(f"goal: {GOAL}, {'reached' if best >= GOAL else 'missed'}")


def main() -> None:
    """Take turns and print the ratios, then the parts."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    size = len(Bodies(0).next()[1])
    print(f"reports of {size} bytes a second; {TURNS} turns of {seconds} s")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        servers = {
            workers: Server(folder / f"{workers}.db", "--rate-limit", "0", "--workers", str(workers))
            for workers in sorted({workers for workers, _ in SHAPES})
        }
        least, found = list[float](), {shape: list[float]() for shape in SHAPES}
        for turn in range(TURNS):
            least.append(bare(folder, seconds, Bodies(turn)))
            for shape in SHAPES:
                workers, clients = shape
                found[shape].append(over_http(servers[workers], clients, seconds, 100 * (turn + 1)))
        tell_rates(least, found)
        tell_parts(folder, servers[1], min(seconds, 2.0))
        for server in servers.values():
            server.stop()


if __name__ == "__main__":
    main()
