"""Kill what stores reports fifty times in the middle of concurrent ingest, and audit every receipt each time.

    python benchmarks/soak_kill.py [ROUNDS]

A real server takes reports from six clients, is killed with SIGKILL after 1 to 30 receipts and started again.
Then its database is held against what was sent: every acknowledged report is there once, byte for byte, with
its columns and the right `latest`; one without a receipt is there whole or not at all, and sent again gives
its receipt. On SQLite, and on a PostgreSQL of its own where one is installed. Ends with 1 at a difference.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "collector"))

from collector_killing import kill_rounds
from collector_postgres import PostgresServer, find_binaries
from collector_server import Server


def soak(database: Path | str, rounds: int) -> None:
    """Do the rounds on one database and print each audit."""
    server = Server(database, "--rate-limit", "0")
    ledger = kill_rounds(server, rounds, seed=50, told=lambda line: print(line, flush=True))
    server.stop()
    print(f"{rounds} kills, {len(ledger.receipts)} receipts, none lost, none doubled, none half stored")


def main() -> None:
    """Read the command line and soak both engines."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    print("== SQLite")
    with tempfile.TemporaryDirectory() as folder:
        soak(Path(folder) / "runs.db", rounds)
    binaries = find_binaries()
    if binaries is None:
        print("== PostgreSQL: not installed here")
        return
    print("== PostgreSQL")
    postgres = PostgresServer(binaries)
    try:
        soak(postgres.new_database(), rounds)
    finally:
        postgres.close()


if __name__ == "__main__":
    main()
