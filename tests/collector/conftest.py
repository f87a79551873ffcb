from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # collector_reports and collector_server

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in Path(item.path).parents:
            item.add_marker(pytest.mark.collector)


ENGINES = ("sqlite", "postgresql")


def _skip(name: str, reason: str) -> NoReturn:
    """Skip what this machine lacks; in CI only if it was told that it is to do without."""
    if os.environ.get("CI") == "true" and name not in os.environ.get("TESTS_WITHOUT", "").split():
        pytest.fail(f"{reason}; in CI it may be missing only if TESTS_WITHOUT names {name}")
    pytest.skip(reason)


@contextmanager
def _postgres_server() -> Iterator:
    from collector_postgres import PostgresServer, find_binaries

    binaries = find_binaries()
    if binaries is None:
        _skip("postgresql", "no PostgreSQL server is installed (Debian and Ubuntu: apt install postgresql)")
    if importlib.util.find_spec("psycopg") is None:
        _skip("postgresql", "psycopg, of the [postgres] extra, is not installed")
    running = PostgresServer(binaries)
    try:
        yield running
    finally:
        running.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator:
    """A PostgreSQL server, started once and gone at the end."""
    with _postgres_server() as running:
        yield running


@pytest.fixture(scope="module")
def own_postgres() -> Iterator:
    """A PostgreSQL server of the module's own, whose tests may stop or kill it."""
    with _postgres_server() as running:
        yield running


def _empty_database(request, engine: str, folder: Path, name: str = "runs.db") -> Path | str:
    """A database in which nothing is: a file, or PostgreSQL's URL."""
    if engine == "postgresql":
        return request.getfixturevalue("postgres").new_database()
    return folder / name


@pytest.fixture(params=ENGINES)
def database_url(request, tmp_path) -> str:
    """An empty database of each engine in turn."""
    database = _empty_database(request, request.param, tmp_path)
    return database if isinstance(database, str) else f"sqlite:///{database}"


@pytest.fixture(scope="module", params=ENGINES)
def server(request, tmp_path_factory) -> Iterator:
    """One collector for a module's tests, empty at its start, on each engine in turn."""
    from collector_server import Server

    running = Server(_empty_database(request, request.param, tmp_path_factory.mktemp("collector")))
    yield running
    running.stop()


@pytest.fixture(params=ENGINES)
def start_server(request, tmp_path) -> Iterator[Callable]:
    """Start collectors of this test's own; the same name of a database means the same one."""
    from collector_server import Server

    started, databases = [], {}

    def start(*options: str, database: str = "runs.db", log: Path | None = None) -> Server:
        if database not in databases:
            databases[database] = _empty_database(request, request.param, tmp_path, database)
        started.append(Server(databases[database], *options, log=log))
        return started[-1]

    yield start
    for running in started:
        running.stop()


_PATIENCE_MS = 180_000
"""For Chromium to start, and for whatever a test waits for in it: far, as the machine may have much to do."""


def _patient(opens: Callable) -> Callable:
    def opened(**options):
        place = opens(**options)
        place.set_default_timeout(_PATIENCE_MS)
        return place

    return opened


@pytest.fixture(scope="module")
def browser() -> Iterator:
    """Chromium that reaches 127.0.0.1 and no other host.

    Gone at the end of each module: while playwright runs, no other test can have an event loop of its own.
    """
    if CHROMIUM is None:
        _skip("chromium", "no Chromium found (chromium, chromium-browser, google-chrome)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=_PATIENCE_MS)
        for name in ("new_context", "new_page"):
            setattr(running, name, _patient(getattr(running, name)))
        yield running
        running.close()
