from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

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


@pytest.fixture(scope="session")
def postgres() -> Iterator:
    """A PostgreSQL server, started once and gone at the end."""
    from collector_postgres import PostgresServer, find_binaries

    binaries = find_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server is installed (Debian and Ubuntu: apt install postgresql)")
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg, of the [postgres] extra, is not installed")
    running = PostgresServer(binaries)
    yield running
    running.close()


def _empty_database(request, engine: str, folder: Path) -> str:
    """The URL of a database in which nothing is."""
    if engine == "postgresql":
        return request.getfixturevalue("postgres").new_database()
    return f"sqlite:///{folder}/runs.db"


@pytest.fixture(params=ENGINES)
def database_url(request, tmp_path) -> str:
    """An empty database of each engine in turn."""
    return _empty_database(request, request.param, tmp_path)


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator:
    """One collector for a module's tests, empty at its start."""
    from collector_server import Server

    running = Server(tmp_path_factory.mktemp("collector") / "runs.db")
    yield running
    running.stop()


@pytest.fixture
def start_server(tmp_path) -> Iterator[Callable]:
    """Start collectors of this test's own."""
    from collector_server import Server

    started = []

    def start(*options: str, database: str = "runs.db", log: Path | None = None) -> Server:
        started.append(Server(tmp_path / database, *options, log=log))
        return started[-1]

    yield start
    for running in started:
        running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """Chromium that reaches 127.0.0.1 and no other host."""
    if CHROMIUM is None:
        pytest.skip("no Chromium found (chromium, chromium-browser, google-chrome)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()
