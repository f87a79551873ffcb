"""Spoil thousands of reports and make up thousands of requests, others at every run, and see that all holds.

    python benchmarks/soak_fuzz.py [EXAMPLES] [SEED]

EXAMPLES reports (default 3000) are read and used, and as many are sent to a real collector: what it stores
must come back byte for byte and be shown on every page, what it refuses must not be stored. Then schemathesis
asks every operation of its OpenAPI document EXAMPLES / 20 times, as nobody, as a member and as an admin. On
SQLite, and on a PostgreSQL of its own where one is installed. Each finding is printed with what shows it
again. Ends with 1 if there was one.
"""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "collector"))

from collector_postgres import PostgresServer, find_binaries
from collector_requests import Client, told
from collector_server import Server
from collector_spoilt import Ingest
from fuzzing import examine_all
from hypothesis.strategies import SearchStrategy
from reading_spoilt import read_and_use
from spoilt_reports import recipes, spoilt
from test_tokens import make

from bitnet_report import new_run_id

BATCH = 250
"""Hypothesis ends at the first finding: each batch has a seed of its own and goes on behind it."""


def main() -> int:
    """Read the command line and soak the reader and both engines."""
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else secrets.randbelow(2**32)
    print(f"seed {seed}", flush=True)
    findings = _soak_reader(examples, seed)
    with tempfile.TemporaryDirectory() as folder:
        findings += _soak_collector("SQLite", lambda name: Path(folder) / f"{name}.db", examples, seed)
    binaries = find_binaries()
    if binaries is None:
        print("== PostgreSQL: not installed here")
    else:
        postgres = PostgresServer(binaries)
        try:
            findings += _soak_collector("PostgreSQL", lambda _name: postgres.new_database(), examples, seed)
        finally:
            postgres.close()
    print(f"{findings} findings with seed {seed}")
    return 1 if findings else 0


def _soak_reader(examples: int, seed: int) -> int:
    became: Counter[str] = Counter()
    print("== reading", flush=True)
    findings = _batches(
        recipes(), lambda recipe: became.update([read_and_use(spoilt(recipe))]), examples, seed
    )
    _tell(became)
    return findings


def _soak_collector(engine: str, new_database: Callable[[str], Path | str], examples: int, seed: int) -> int:
    print(f"== {engine}: reports sent", flush=True)
    server = Server(new_database("reports"), "--rate-limit", "0")
    ingest = Ingest(server, make(server.database_url, "boss", "--admin"))
    findings = _batches(
        recipes(), lambda recipe: ingest.examine(spoilt(recipe, new_run_id())), examples, seed
    )
    findings += _end(server)
    _tell(ingest.became)
    for who in ("nobody", "member", "admin"):
        print(f"== {engine}: requests of {who}", flush=True)
        server = Server(new_database(who), "--rate-limit", "0")
        tokens: dict[str, str | None] = {"nobody": None}
        if who != "nobody":
            tokens["member"] = make(server.database_url, "WJ")
            tokens["admin"] = make(server.database_url, "boss", "--admin")
        client = Client(server, [tokens[who]], tokens.get("admin"))
        faults = client.faults(max(1, examples // 20), seed)
        findings += len(faults) + _end(server)
        print(*faults, sep="\n\n")
        _tell(client.statuses)
    return findings


def _batches(strategy: SearchStrategy[Any], examine: Callable[[Any], Any], examples: int, seed: int) -> int:
    findings = 0
    for start in range(0, examples, BATCH):
        try:
            examine_all(strategy, examine, min(BATCH, examples - start), seed + start)
        except Exception as error:  # noqa: BLE001  (the next batch is examined all the same)
            findings += 1
            print(f"seed {seed + start}: {told(error)}", flush=True)
    return findings


def _end(server: Server) -> int:
    """Stop it; 1 where its log tells of an error that nobody foresaw."""
    server.stop()
    if "Traceback" not in server.said:
        return 0
    print(server.said[-4000:])
    return 1


def _tell(became: Counter[Any]) -> None:
    """How many examples there were, those that made a finding smaller included, and what became of them."""
    print(
        f"{became.total()} examples: {', '.join(f'{n} {what}' for what, n in became.most_common())}",
        flush=True,
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as storage:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = storage
        sys.exit(main())
