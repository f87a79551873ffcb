from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest
from collector_reports import make_report
from collector_server import JSON


@pytest.fixture
def workers(start_server):
    return start_server("--workers", "2")


def processes_of(server) -> list[psutil.Process]:
    """The processes that answer; Python keeps one more that tracks resources."""
    children = psutil.Process(server.process.pid).children()
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]


def submit_all(server, bodies):
    def submit(body):
        return httpx.post(f"{server.url}/runs", content=body, headers=JSON, timeout=60)

    with ThreadPoolExecutor(12) as pool:
        return list(pool.map(submit, bodies))


def test_workers_store_every_report_once_and_end_in_order(workers):
    different = [make_report("CROWD").to_json() for _ in range(30)]
    same = make_report("TWIN").to_json()
    answers = submit_all(workers, [*different, *[same] * 12])
    assert [answer.status_code for answer in answers[:30]] == [201] * 30
    assert sorted(answer.status_code for answer in answers[30:]) == [200] * 11 + [201]
    for body, answer in zip(different, answers, strict=False):
        assert workers.client.get(answer.headers["Location"]).content == body
    members = {m["member"]: m["runs"] for m in workers.client.get("/members").json()["members"]}
    assert (members["CROWD"], members["TWIN"]) == (30, 1)
    assert 'bitnet_reports_total{outcome="created"} 31.0' in workers.client.get("/metrics").text
    processes = processes_of(workers)
    assert len(processes) == 2
    assert workers.signal(signal.SIGTERM) == 0
    assert not any(process.is_running() for process in processes)
    assert "Traceback" not in workers.said


def test_a_worker_that_dies_is_replaced(workers):
    first, *others = processes_of(workers)
    first.kill()
    first.wait(60)
    workers.wait_until_said("a worker ended and is replaced")
    answers = submit_all(workers, [make_report().to_json() for _ in range(6)])
    assert {answer.status_code for answer in answers} == {201}
    assert workers.signal(signal.SIGTERM) == 0
    assert not any(process.is_running() for process in others)


def test_workers_whose_parent_was_killed_give_the_port_free(workers):
    processes = processes_of(workers)
    os.kill(workers.process.pid, signal.SIGKILL)
    workers.process.wait(60)
    _, alive = psutil.wait_procs(processes, timeout=60)
    assert alive == []


INTERRUPTED = """
import os, signal, sys
from multiprocessing.popen_spawn_posix import Popen
launch = Popen._launch
def interrupted(self, process):
    os.kill(os.getpid(), signal.SIGTERM)
    launch(self, process)
Popen._launch = interrupted
from bitnet_collector.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def test_told_to_end_while_it_starts_a_worker_it_leaves_none_behind(tmp_path):
    options = ["--port", "0", "--workers", "2", f"--database-url=sqlite:///{tmp_path}/runs.db"]
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, "serve", *options],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
