"""`make demo`'s script, run for real in a folder of its own."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from urllib.request import urlopen

import psutil
import pytest

pytestmark = [pytest.mark.agent, pytest.mark.collector]
DEMO_SECONDS = 400  # far, and under the limit of a test: beside a load the compiler alone takes minutes
DEFAULTS = {"MODEL": "stand-in:tiny", "MEMBER": "", "SERVE": "0", "PORT": "0"}


@pytest.fixture
def demo(root, tmp_path):
    """Start the demo with settings; it writes to `tmp_path/.demo`."""
    for package in ("torch", "fastapi"):
        pytest.importorskip(package, reason="the demo needs both extras")
    (tmp_path / "demo").mkdir()
    script = shutil.copy(root / "demo" / "run.py", tmp_path / "demo")
    started = []

    def start(**settings: str) -> subprocess.Popen:
        command = [sys.executable, "-u", script]
        environment = {**os.environ, **DEFAULTS, **settings}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"}
        # A session of its own, as at a terminal: an interrupt reaches the script and what it started.
        process = subprocess.Popen(command, env=environment, cwd=tmp_path, start_new_session=True, **pipes)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def started_by(process: subprocess.Popen) -> list[int]:
    """What still runs of that session, the collector above all (its port may be another program's by now)."""
    found = []
    for pid in psutil.pids():
        with suppress(OSError, psutil.Error):
            if os.getsid(pid) == process.pid and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                found.append(pid)
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="make and its signals are not Windows'")
def test_one_members_demo_shows_the_table_serves_it_and_ends_with_an_interrupt(demo, tmp_path):
    process = demo(MEMBER="WYC", SERVE="1")
    lines = []
    watchdog = threading.Timer(DEMO_SECONDS, process.kill)
    watchdog.start()
    errors = threading.Thread(target=process.stderr.read)  # the agent's progress must not fill the pipe
    errors.start()
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Open http://"):
            break
    watchdog.cancel()
    said = "".join(lines)
    assert "WYC" in said, said
    url = lines[-1].split()[1]
    assert len(started_by(process)) == 2  # the script and its collector
    with urlopen(url.replace("/summary", "/summary.json"), timeout=120) as answer:
        assert "WYC" in answer.read().decode()
    report = json.loads((tmp_path / ".demo" / "report-WYC.json").read_text(encoding="utf-8"))
    assert (report["member"], report["meta"]["weights"]) == ("WYC", "stand-in")
    assert (tmp_path / ".demo" / "demo.db").exists()

    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(120) == 0
    assert started_by(process) == []


def test_a_taken_port_is_told_with_its_remedy(demo):
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as other:
        port = other.server_address[1]
        said, complaint = (process := demo(PORT=str(port))).communicate(timeout=120)
    assert process.returncode == 2
    assert f"port {port} is taken" in complaint
    assert "make demo PORT=" in complaint
    assert said == ""


def test_a_port_that_is_none_is_told(demo):
    _, complaint = (process := demo(PORT="80x")).communicate(timeout=120)
    assert process.returncode == 2
    assert "PORT=80x is no port" in complaint


@pytest.mark.skipif(sys.platform == "win32", reason="sessions are POSIX's")
def test_the_agents_exit_code_is_passed_on_and_the_collector_stopped(demo, tmp_path):
    (tmp_path / "empty").mkdir()
    said, complaint = (process := demo(MODEL=str(tmp_path / "empty"))).communicate(timeout=400)
    assert process.returncode == 3, complaint
    assert "profiling as WJ failed (exit code 3)" in complaint
    assert "Traceback" not in complaint
    assert "WYC" not in said
    assert "Collector: http://127.0.0.1:" in said
    assert started_by(process) == []
