"""The whole path: a real agent measures, a real collector keeps, the page compares."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from bitnet_report import Report, read_report

sys.path.append(str(Path(__file__).parent / "collector"))

from collector_server import Server

pytestmark = [pytest.mark.agent, pytest.mark.collector]

WORK = [
    "--no-limits",
    "--model",
    "stand-in:tiny",
    "--prompt-tokens",
    "16",
    "--decode-tokens",
    "3",
    "--repetitions",
    "2",
]
WORK += ["--threads", "1", "--lang", "en"]
OLD = Path(__file__).parent / "golden" / "report-v0.json"


class Collector(Server):
    """A collector in a process of its own; its database in `place` outlives it."""

    def __init__(self, place: Path, port: int = 0) -> None:
        super().__init__(place / "runs.db", "--port", str(port))
        self.port = int(self.url.rpartition(":")[2])

    def get(self, path: str, accept: str = "*/*") -> httpx.Response:
        return self.client.get(path, headers={"Accept": accept}).raise_for_status()


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("end-to-end")


@pytest.fixture(scope="module")
def collector(place) -> Iterator[Collector]:
    running = Collector(place)
    yield running
    running.signal(signal.SIGKILL)


@pytest.fixture(scope="module")
def agent(place) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the real agent; no proxy, compiler or cache of this machine's user bears on it."""
    foreign = ("PROXY", "CXX", "LC_ALL", "BITNET_")
    clean = {name: value for name, value in os.environ.items() if not name.upper().endswith(foreign[:1])}
    clean = {name: value for name, value in clean.items() if not name.startswith(foreign[1:])}
    places = {
        "BITNET_AGENT_CACHE": str(place / "cache"),
        "BITNET_AGENT_STATE": str(place / "state"),
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bitnet_agent", *arguments],
            cwd=place, env=clean | places, capture_output=True, encoding="utf-8", timeout=400, check=False,
        )  # fmt: skip

    return run


@pytest.fixture(scope="module")
def delivered(agent, collector, place) -> tuple[Report, bytes, str]:
    """WJ's run, measured and delivered: the report, its bytes on the disk, what the agent said."""
    ended = agent("--collector", collector.url, "--member", "WJ", *WORK)
    assert ended.returncode == 0, ended.stderr
    body = (place / "docs" / "inference_profile_report.json").read_bytes()
    return read_report(body), body, ended.stderr


def lasting_port() -> int:
    """A free port below those that are given to whoever asks for any: nobody else has it meanwhile."""
    for port in range(20_000 + os.getpid() % 10_000, 32_768):
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free")


def row(collector: Collector, member: str, query: str = "") -> dict:
    return next(r for r in collector.get(f"/summary.json{query}").json()["rows"] if r["member"] == member)


def test_the_members_have_rows_before_they_report(place):
    (place / "empty").mkdir()
    fresh = Collector(place / "empty")
    try:
        rows = fresh.get("/summary.json").json()["rows"]
        assert [r["member"] for r in rows] == ["WJ", "WYC", "LCJ"]
        assert {r["run_id"] for r in rows} == {None}
    finally:
        fresh.signal(signal.SIGKILL)


def test_the_agent_says_where_its_run_is(delivered, collector):
    report, _, said = delivered
    assert f"Delivered: {collector.url}/runs/{report.run_id}" in said


def test_the_summary_holds_the_runs_figures(delivered, collector):
    report, _, _ = delivered
    wj = row(collector, "WJ")
    assert wj["run_id"] == report.run_id
    assert wj["cpu"] == report.cpu_info.brand
    assert wj["clock_mhz"] == report.cpu_info.clock_mhz
    assert wj["freq_base_mhz"] == report.cpu_info.freq_base_mhz
    for name in ("prefill_ms", "decode_ms_per_token", "peak_memory_mb"):
        assert wj[name] == getattr(report.summary, name)
    assert wj["prefill_normalized_ms"] == pytest.approx(report.summary.prefill_normalized_ms)
    assert wj["decode_normalized_ms_per_token"] == pytest.approx(
        report.summary.decode_normalized_ms_per_token
    )
    assert wj["weights"] == "stand-in"
    assert row(collector, "WYC")["run_id"] is None


def test_the_report_is_kept_byte_for_byte(delivered, collector):
    report, body, _ = delivered
    assert collector.get(f"/runs/{report.run_id}", "application/json").content == body
    listed = collector.get("/runs").json()["runs"]
    assert report.run_id in [run["run_id"] for run in listed]


def shown(milliseconds: float) -> list[str]:
    """The ways in which a page may round a figure."""
    return [f"{milliseconds:,.{digits}f}" for digits in (0, 1, 2, 3, 4)]


@pytest.mark.parametrize("path", ["/summary", "/summary.md", "/summary.csv", "/summary.txt"])
def test_the_table_shows_the_run_in_every_format(delivered, collector, path):
    report, _, _ = delivered
    accept = "text/html" if path == "/summary" else "*/*"
    page = collector.get(path, accept).text
    assert "WJ" in page
    assert "LCJ" in page
    assert report.cpu_info.brand in page
    for figure in (report.summary.prefill_ms, report.summary.decode_ms_per_token):
        assert any(spelling in page for spelling in shown(figure)) or str(figure) in page


def test_the_markdown_is_the_briefs_table(delivered, collector):
    columns = ["成员", "CPU 型号", "基准频率", "Prefill (ms)", "Decode (ms/token)", "峰值内存 (MB)"]
    lines = [line for line in collector.get("/summary.md").text.splitlines() if line.startswith("|")]
    header = [cell.strip() for cell in lines[0].strip("|").split("|")]
    assert header[: len(columns)] == columns
    members = [line.split("|")[1].split()[0].rstrip("*") for line in lines[2:]]
    assert sorted(members) == ["LCJ", "WJ", "WYC"], lines


def test_the_page_links_to_the_run_and_the_run_has_a_page(delivered, collector):
    report, _, _ = delivered
    assert f"/runs/{report.run_id}" in collector.get("/summary", "text/html").text
    page = collector.get(f"/runs/{report.run_id}", "text/html").text
    assert report.run_id in page
    assert report.cpu_info.brand in page


def test_pushing_it_again_changes_nothing(delivered, collector, agent):
    before = collector.get("/runs").json()
    ended = agent("push", "docs/inference_profile_report.json", "--collector", collector.url, "--lang", "en")
    assert ended.returncode == 0, ended.stderr
    assert "The collector had it already" in ended.stderr
    assert collector.get("/runs").json() == before


def test_the_same_id_with_other_content_is_refused(delivered, collector, agent, place):
    _, body, _ = delivered
    changed = json.loads(body)
    changed["meta"]["note"] = "another note"
    (place / "changed.json").write_text(json.dumps(changed))
    ended = agent("push", "changed.json", "--collector", collector.url, "--lang", "en")
    assert ended.returncode == 5
    assert "409" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_report_of_the_original_script_appears_with_its_caveat(delivered, collector, agent):
    options = ["--collector", collector.url, "--member", "LCJ", "--decode-tokens", "62", "--lang", "en"]
    ended = agent("push", str(OLD), *options)
    assert ended.returncode == 0, ended.stderr

    run = collector.get("/runs?member=LCJ").json()["runs"][0]
    assert (run["schema_version"], run["caveats"]) == (0, ["version-0"])
    assert (run["prefill_ms"], run["decode_ms_per_token"]) == (1000, 500)
    lcj = row(collector, "LCJ", f"?workload={run['workload_id']}")
    assert (lcj["prefill_normalized_ms"], lcj["decode_normalized_ms_per_token"]) == (800, 400)
    page = collector.get(f"/runs/{run['run_id']}", "text/html").text
    assert "original script" in page

    assert "had it already" in agent("push", str(OLD), *options).stderr


def test_a_collector_that_dies_loses_nothing_and_takes_the_report_later(agent, place):
    (place / "dies").mkdir()
    first = Collector(place / "dies", lasting_port())
    first.signal(signal.SIGKILL)

    with socket.socket() as held:  # nobody listens there
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", first.port))
        ended = agent(
            "--collector", first.url, "--member", "WYC", *WORK, "--output", "later.json", "--retry-for", "0"
        )
    assert ended.returncode == 5
    assert "Traceback" not in ended.stderr
    report = read_report((place / "later.json").read_bytes())
    shown_command = next(line for line in ended.stderr.splitlines() if line.startswith("bitnet-agent push"))

    again = Collector(place / "dies", first.port)
    try:
        assert again.url == first.url
        ended = agent(*shlex.split(shown_command)[1:])
        assert ended.returncode == 0, ended.stderr
        assert row(again, "WYC")["run_id"] == report.run_id
    finally:
        again.signal(signal.SIGKILL)

    survivor = Collector(place / "dies")
    try:
        kept = survivor.get(f"/runs/{report.run_id}", "application/json").content
        assert kept == (place / "later.json").read_bytes()
    finally:
        survivor.signal(signal.SIGKILL)
