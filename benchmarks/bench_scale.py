"""What a page costs in a store of many runs against one of few: the same, if every query ends at an index.

    python benchmarks/bench_scale.py [FOLDER]

Settings in the environment: RUNS (1000000), FEW (1000), ROUNDS (40), REPORT (a file), KEEP (the databases).

Two SQLite files are seeded (`scale_store`), each is served by a collector of its own, the same real report is
submitted to both, and every address is asked of both in turn, each time anew (no `If-None-Match`).
Printed: medians, 95th percentiles, and the ratio of the medians. Exit code 1 where one is over the goal.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

import httpx
from scale_store import END, MODELS, NO_C, NO_INVALID, seed, workloads_of

from bitnet_collector.cursors import Cursor
from bitnet_report import read_report

GOAL = 1.5
GOLDEN = Path(__file__).resolve().parents[1] / "tests" / "golden" / "report-v1.json"
HTML, JSON = "text/html", "application/json"


class Store(NamedTuple):
    """A seeded store that is being served."""

    client: httpx.Client
    path: Path

    def middle(self) -> str:
        """The cursor of the run in the middle of the four years."""
        with closing(sqlite3.connect(self.path)) as connection:
            query = (
                "SELECT measured_at, run_id FROM run WHERE measured_at < ? ORDER BY measured_at DESC LIMIT 1"
            )
            moment, run_id = connection.execute(query, (f"{END - timedelta(days=2 * 365)}",)).fetchone()
        return Cursor(datetime.fromisoformat(moment).replace(tzinfo=timezone.utc), run_id).encode()


class Address(NamedTuple):
    """What is asked: the same of both stores, but for `{cursor}`."""

    path: str
    accept: str


def addresses(workloads: list[str], run_id: str) -> Iterator[Address]:
    """Everything that is measured. Some filters match many runs, some none at all (see `scale_store`)."""
    main, of_no_c = workloads[0], workloads[NO_C]
    strange = workloads[next(w for w in range(len(workloads)) if w not in workloads_of(0))]
    year, never = f"{END - timedelta(days=365):%Y-%m-%d}", "2099-01-01"
    for show in ("latest", "best", "median5"):
        yield from (Address(f"/summary?show={show}", HTML), Address(f"/summary.json?show={show}", JSON))
    yield Address(f"/runs/{run_id}", HTML)
    yield Address(f"/runs/{run_id}", JSON)
    for path in ("/members", "/workloads", "/metrics"):
        yield Address(path, JSON)
    for path in ("/members.html", "/runs.html", "/runs.html?cursor={cursor}", "/runs.html?member=WJ&grade=B"):
        yield Address(path, HTML)
    yield from (Address("/members/WJ", HTML), Address("/members/WJ", JSON))
    for query in (
        "",
        "cursor={cursor}",
        "member=WJ",
        "member=WJ&cursor={cursor}",
        f"model={MODELS[0]}",
        f"workload={main}",
        "grade=B",
        f"since={year}",
        f"until={year}",
        f"since={never}",
        "member=WJ&grade=B",
        f"member={NO_INVALID}&grade=invalid",
        f"member=WJ&model={MODELS[0]}",
        f"member=WJ&model={MODELS[2]}&limit=5",
        f"member={NO_INVALID}&model=none",
        f"member=WJ&workload={main}",
        f"member=WJ&workload={strange}",
        f"workload={main}&since={year}",
        f"workload={main}&cursor={{cursor}}",
        f"workload={main}&grade=B",
        f"workload={of_no_c}&grade=C",
        f"workload={main}&model={MODELS[0]}",
        f"workload={main}&model={MODELS[2]}",
        f"model={MODELS[0]}&grade=B",
        f"model={MODELS[2]}&grade=invalid",
        f"member=WJ&until={year}",
        f"grade=B&since={year}",
        f"member=WJ&workload={main}&grade=A",
        f"member={NO_INVALID}&workload={main}&grade=invalid",
        f"member={NO_INVALID}&model={MODELS[0]}&grade=invalid",
        f"member=WJ&grade=A&until={year}&cursor={{cursor}}",
    ):
        yield Address(f"/runs?{query}" if query else "/runs", JSON)


@contextmanager
def served(path: Path) -> Iterator[Store]:
    """A real collector in a process of its own."""
    command = [sys.executable, "-m", "bitnet_collector", "serve", "--port", "0", "--rate-limit", "0"]
    said = path.with_suffix(".log")
    with said.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  (our own command)
            [*command, "--database-url", f"sqlite:///{path}"],
            stdout=log,
            stderr=log,
            env={key: value for key, value in os.environ.items() if not key.startswith("BITNET_")},
        )
    try:
        while not (found := re.search(r"(http://\S+)/summary", said.read_text("utf-8", "replace"))):
            if process.poll() is not None:
                sys.exit(f"the collector did not start: {said.read_text('utf-8', 'replace')}")
            time.sleep(0.05)
        with httpx.Client(base_url=found[1], timeout=120) as client:
            yield Store(client, path)
    finally:
        process.terminate()
        process.wait(30)


def ask(store: Store, address: Address, cursor: str) -> tuple[float, httpx.Response]:
    """One request: its time in ms, and the answer."""
    path = address.path.replace("{cursor}", cursor)
    begun = time.perf_counter()
    answer = store.client.get(path, headers={"Accept": address.accept})
    taken = 1000 * (time.perf_counter() - begun)
    if answer.status_code != 200:
        sys.exit(f"{path}: {answer.status_code} {answer.text[:300]}")
    return taken, answer


def same_work(address: Address, few: httpx.Response, many: httpx.Response) -> None:
    """Two answers compare only where they hold as many runs."""
    if address.path.startswith("/runs?"):
        held = [len(answer.json()["runs"]) for answer in (few, many)]
        if held[0] != held[1]:
            sys.exit(f"{address.path}: {held[0]} runs against {held[1]}")


def measure(few: Store, many: Store, asked: list[Address], rounds: int) -> dict[Address, list[list[float]]]:
    """Times in ms of each address, small store and large; who is asked first changes each round."""
    stores = (few, many)
    cursors = [store.middle() for store in stores]
    times: dict[Address, list[list[float]]] = {address: [[], []] for address in asked}
    for address in asked:
        answers = [ask(store, address, cursor)[1] for store, cursor in zip(stores, cursors, strict=True)]
        same_work(address, *answers)
    for turn in range(rounds):
        for address in asked:
            for place in (0, 1) if turn % 2 else (1, 0):
                times[address][place].append(ask(stores[place], address, cursors[place])[0])
    return times


def show(times: dict[Address, list[list[float]]]) -> bool:
    """Print a line an address; whether all ratios are within the goal."""
    print(f"{'few ms':>8} {'p95':>7} {'many ms':>8} {'p95':>7} {'ratio':>6}  address")
    good = True
    for address, (few, many) in times.items():
        ratio = statistics.median(many) / statistics.median(few)
        good = good and ratio <= GOAL
        tails = [statistics.quantiles(each, n=20)[-1] for each in (few, many)]
        figures = [
            f"{statistics.median(each):8.2f} {tail:7.2f}"
            for each, tail in zip((few, many), tails, strict=True)
        ]
        mark = " " if ratio <= GOAL else "!"
        print(*figures, f"{ratio:6.2f}{mark} {address.path} ({address.accept.split('/')[1]})")
    return good


@contextmanager
def _folder() -> Iterator[Path]:
    """Where the databases lie; gone afterwards, unless KEEP is set."""
    folder = Path(tempfile.mkdtemp(prefix="bench-scale-", dir=sys.argv[1] if len(sys.argv) > 1 else None))
    try:
        yield folder
    finally:
        if "KEEP" not in os.environ:
            shutil.rmtree(folder)


def main() -> int:
    """Seed, serve, ask, print."""
    many, few = (int(os.environ.get(name, usual)) for name, usual in (("RUNS", "1000000"), ("FEW", "1000")))
    rounds = int(os.environ.get("ROUNDS", "40"))
    report = Path(os.environ.get("REPORT", GOLDEN)).read_bytes()
    run_id = read_report(report).run_id
    with _folder() as folder:
        paths = [folder / f"{which}.db" for which in ("few", "many")]
        for path, runs in zip(paths, (few, many), strict=True):
            begun = time.perf_counter()
            workloads = seed(path, runs, report)
            seconds = time.perf_counter() - begun
            print(f"{path}: {runs} runs, {path.stat().st_size / 2**20:.0f} MB, {seconds:.1f} s")
        with served(paths[0]) as small, served(paths[1]) as large:
            for store in (small, large):
                store.client.post("/runs", content=report, headers={"Content-Type": JSON}).raise_for_status()
            times = measure(small, large, list(addresses(workloads, run_id)), rounds)
    print(f"{rounds} requests each; few: {few} runs, many: {many} runs; goal: every ratio at most {GOAL}")
    return 0 if show(times) else 1


if __name__ == "__main__":
    sys.exit(main())
