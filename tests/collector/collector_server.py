"""A real collector in a process of its own, and a client that submits to it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import TextClause, create_engine, text

from bitnet_report import Report

JSON = {"Content-Type": "application/json"}
ONLY_SQLITE = pytest.mark.parametrize("start_server", ["sqlite"], indirect=True)
"""For a test that is about SQLite's file, or that works on it."""


class Server:
    """`python -m bitnet_collector serve` on a free port, with a database that outlives it.

    `database` is a SQLite file or the URL of any database.
    """

    def __init__(self, database: Path | str, *options: str, log: Path | None = None) -> None:
        self.database = database
        self.database_url = database if isinstance(database, str) else f"sqlite:///{database}"
        self._log = log or Path(os.devnull)
        self._options = options
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "bitnet_collector", "serve", "--port", "0"]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--database-url", self.database_url, *self._options],
                stderr=subprocess.PIPE,
                stdout=log,
                text=True,
                env={key: value for key, value in os.environ.items() if not key.startswith("BITNET_")},
            )
        self.said = ""
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()  # a server whose words nobody reads stands still once the pipe is full
        self.url = self.wait_until_said(r"(http://\S+)/summary")[1]
        # A connection for each request: a kept one may be closed, as idle, just when it is used again.
        limits = httpx.Limits(max_keepalive_connections=0)
        self.client = httpx.Client(base_url=self.url, timeout=60, trust_env=False, limits=limits)

    def submit(self, report: Report | dict[str, Any] | bytes, **headers: str) -> httpx.Response:
        return self.client.post("/runs", content=body_of(report), headers={**JSON, **headers})

    def signal(self, number: signal.Signals) -> int:
        """Send a signal, wait for the end and give the exit code."""
        self.client.close()
        self.process.send_signal(number)
        code = self.process.wait(timeout=120)
        self._listener.join(timeout=120)
        return code

    def _listen(self) -> None:
        for line in self.process.stderr:
            self.said += line

    def wait_until_said(self, pattern: str, seconds: float = 180) -> re.Match[str]:
        """Wait until what it said on standard error holds that; fail if it ends or the time is up."""
        started = time.monotonic()
        while not (found := re.search(pattern, self.said)):
            alive = self.process.poll() is None and time.monotonic() - started < seconds
            assert alive, f"the collector has not said {pattern!r}, but: {self.said}"
            time.sleep(0.01)
        return found

    def execute(self, *statements: str | TextClause) -> list[Any]:
        """Run SQL on its database, as another program would."""
        return execute(self.database_url, *statements)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)


def execute(url: str, *statements: str | TextClause) -> list[Any]:
    """Run statements in one transaction; give the last one's rows."""
    engine = create_engine(url)
    with engine.begin() as connection:
        results = [connection.execute(text(s) if isinstance(s, str) else s) for s in statements]
        found = [result.fetchall() if result.returns_rows else [] for result in results]
    engine.dispose()
    return found[-1]


def body_of(report: Report | dict[str, Any] | bytes) -> bytes:
    if isinstance(report, bytes):
        return report
    return report.to_json() if isinstance(report, Report) else json.dumps(report, ensure_ascii=False).encode()
