"""A real collector, a proxy in front of it that misbehaves, and reports to send through it."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bitnet_agent.delivery.outbox import Outgoing
from bitnet_report import new_run_id

sys.path.insert(0, str(Path(__file__).parent))  # faulty_proxy
sys.path.append(str(Path(__file__).parent.parent / "collector"))

from collector_server import Server

GOLDEN = Path(__file__).parent.parent / "golden" / "report-v1.json"


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in Path(item.path).parents:
            item.add_marker(pytest.mark.agent)
            item.add_marker(pytest.mark.collector)


class Collector(Server):
    """A collector in a process of its own, and what it holds."""

    def holds(self, run_id: str) -> bytes | None:
        answer = self.client.get(f"/runs/{run_id}.json")
        return None if answer.status_code == 404 else answer.raise_for_status().content

    def run_ids(self) -> list[str]:
        """Every run, however often it is there."""
        found, path = [], "/runs?limit=100"
        while path:
            answer = self.client.get(path).raise_for_status()
            found += [run["run_id"] for run in answer.json()["runs"]]
            path = answer.links.get("next", {}).get("url")
        return found


@pytest.fixture(scope="session")
def collector(tmp_path_factory) -> Iterator[Collector]:
    """One for all: each test sends runs of its own."""
    running = Collector(tmp_path_factory.mktemp("collector") / "runs.db")
    yield running
    running.signal(signal.SIGKILL)


def make_outgoing() -> Outgoing:
    """A report that was not sent before."""
    document = json.loads(GOLDEN.read_bytes()) | {"run_id": new_run_id()}
    return Outgoing(document["run_id"], json.dumps(document, ensure_ascii=False, indent=1).encode())


@pytest.fixture
def outgoing() -> Outgoing:
    return make_outgoing()


@pytest.fixture
def proxy(collector) -> Iterator[Callable]:
    """Start proxies before the collector: each takes one fault a connection, then passes all on."""
    from faulty_proxy import FaultyProxy

    started = []

    def start(*faults) -> FaultyProxy:
        started.append(FaultyProxy(collector.url, faults))
        return started[-1]

    yield start
    for running in started:
        running.stop()
