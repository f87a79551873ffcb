"""Kill what stores reports fifty times in the middle of concurrent ingest, and audit every receipt each time.

    python benchmarks/soak_kill.py [ROUNDS] [KIND ...]

Six clients submit; after 1 to 30 receipts something is killed, ROUNDS times for each kind (all, or those that
are named):

- `server`: the whole server, with SIGKILL, which is then started again;
- `worker`: one of two workers, with SIGKILL, while the other goes on and a new one takes its place;
- `backend`: a backend of PostgreSQL's, with SIGKILL: the database then recovers as after a loss of power;
- `connections`: all of the collector's connections to PostgreSQL, ended as an administrator ends them.

The first two on SQLite, all on a PostgreSQL of its own where one is installed. Then the database is held
against what was sent: every acknowledged report is there once, byte for byte, with its columns and the right
`latest`; one without a receipt is there whole or not at all, and sent again gives its receipt. Ends with 1 at
a difference.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "collector"))

from collector_killing import (
    Ledger,
    backend_killer,
    connection_ender,
    kill_part_rounds,
    kill_rounds,
    worker_killer,
)
from collector_postgres import PostgresServer, find_binaries
from collector_server import Server

KINDS = ("server", "worker", "backend", "connections")
_tell = partial(print, flush=True)


def soak(kind: str, database: Path | str, rounds: int, postgres: PostgresServer | None) -> None:
    """Do the rounds of one kind on an empty database; print each audit and the sum."""
    engine = "SQLite" if postgres is None else "PostgreSQL"
    _tell(f"== {engine}, {kind}")
    server = Server(database, "--rate-limit", "0", "--workers", "1" if kind == "server" else "2")
    try:
        ledger = _act(kind, server, postgres)(rounds, 50, _tell)
    finally:
        server.stop()
    _tell(f"{rounds} kills, {len(ledger.receipts)} receipts, none lost, none doubled, none half stored")


def _act(kind: str, server: Server, postgres: PostgresServer | None) -> Callable[..., Ledger]:
    if kind == "server":
        return partial(kill_rounds, server)
    if kind == "worker" or postgres is None:
        return partial(kill_part_rounds, server, worker_killer(server))
    killer = backend_killer if kind == "backend" else connection_ender
    return partial(kill_part_rounds, server, killer(postgres))


def main() -> None:
    """Read the command line and soak both engines."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    kinds = sys.argv[2:] or KINDS
    if unknown := set(kinds) - set(KINDS):
        sys.exit(f"there is no kind {min(unknown)}: name some of {', '.join(KINDS)}")
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS[:2]:
            if kind in kinds:
                soak(kind, Path(folder) / f"{kind}.db", rounds, None)
    binaries = find_binaries()
    if binaries is None:
        _tell("== PostgreSQL: not installed here")
        return
    postgres = PostgresServer(binaries)
    try:
        for kind in kinds:
            soak(kind, postgres.new_database(), rounds, postgres)
    finally:
        postgres.close()


if __name__ == "__main__":
    main()
