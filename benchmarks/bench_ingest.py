"""Ingest over HTTP against bare sqlite3, both with one durable commit for each report of the same size.

    python benchmarks/bench_ingest.py [SECONDS]

Bare: one connection, WAL, synchronous=FULL, one INSERT of the bytes in a transaction of its own.
The collector: a real server on a SQLite file of the same disk, fed over HTTP by eight clients.
The two take turns, three times, so that a disk that changes its pace meets both.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "collector"))

import httpx
from collector_killing import Bodies
from collector_server import JSON, Server

CLIENTS = 8
TURNS = 3
GOAL = 0.5


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


def over_http(server: Server, seconds: float, seed: int) -> float:
    """Reports a second that the collector acknowledges."""
    sources = [Bodies(number) for number in range(seed, seed + CLIENTS)]
    end = time.perf_counter() + seconds

    def submit(bodies: Bodies) -> int:
        done = 0
        with httpx.Client(timeout=30) as client:
            while time.perf_counter() < end:
                answer = client.post(f"{server.url}/runs", content=bodies.next()[1], headers=JSON)
                if answer.status_code != 201:
                    sys.exit(f"not stored: {answer.text}")
                done += 1
        return done

    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(submit, sources)) / seconds


def main() -> None:
    """Take turns and print the ratio."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    with tempfile.TemporaryDirectory() as name:
        folder, found = Path(name), {"bare sqlite3": list[float](), "over HTTP": list[float]()}
        server = Server(folder / "runs.db", "--rate-limit", "0")
        print(
            f"one report: {len(Bodies(0).next()[1])} bytes; {CLIENTS} clients; {TURNS} turns of {seconds} s"
        )
        for turn in range(TURNS):
            found["bare sqlite3"].append(bare(folder, seconds, Bodies(turn)))
            found["over HTTP"].append(over_http(server, seconds, 100 * (turn + 1)))
        server.stop()
    for name, rates in found.items():
        print(
            f"{name:13}: {statistics.median(rates):7.1f} reports/s ({', '.join(f'{r:.1f}' for r in rates)})"
        )
    ratio = statistics.median(found["over HTTP"]) / statistics.median(found["bare sqlite3"])
    print(f"ratio        : {ratio:7.3f} (goal: {GOAL}, {'reached' if ratio >= GOAL else 'missed'})")


if __name__ == "__main__":
    main()
