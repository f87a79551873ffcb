"""What a test starts does not outlive the session, and a session that left something behind fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import leftovers
import psutil
import pytest

STARTS = """
import os, pathlib, signal, subprocess, sys
def test_it():
    process = subprocess.Popen(["sleep", "600"], start_new_session=True)
    pathlib.Path("started").write_text(f"{process.pid} {os.environ['TESTS_FOLDER']}")
"""


@pytest.fixture
def session(root, tmp_path):
    """Run pytest on one test; give how it ended, what process it started, and the session's folder."""
    for name in ("conftest.py", "leftovers.py"):
        shutil.copy(root / "tests" / name, tmp_path)

    def run(test: str) -> tuple[subprocess.CompletedProcess[str], int, Path]:
        (tmp_path / "test_it.py").write_text(test)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=."]
        # The output goes to a file: what is left behind would keep a pipe open.
        with (tmp_path / "said").open("w+") as said:
            ended = subprocess.run(
                command, cwd=tmp_path, stdout=said, stderr=said, timeout=300, check=False, text=True,
                env={**os.environ, "TESTS_GRACE_SECONDS": "1"},
            )  # fmt: skip
        ended.stdout = (tmp_path / "said").read_text()
        number, folder = (tmp_path / "started").read_text().split()
        return ended, int(number), Path(folder)

    return run


def gone(number: int) -> bool:
    try:
        psutil.wait_procs([psutil.Process(number)], timeout=120)
        return not psutil.pid_exists(number) or psutil.Process(number).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.skipif(os.name != "posix", reason="`sleep` and SIGKILL are POSIX's")
class TestLeftovers:
    def test_a_session_that_leaves_a_process_fails_and_says_which(self, session):
        ended, number, folder = session(STARTS)
        assert "1 passed" in ended.stdout
        assert ended.returncode == 1
        assert f"left these processes behind:\n  {number} sleep 600" in ended.stdout
        assert gone(number)
        assert not folder.exists()

    def test_a_session_that_is_killed_leaves_nothing(self, session):
        ended, number, _ = session(STARTS + "    os.kill(os.getpid(), signal.SIGKILL)\n")
        assert ended.returncode == -9
        assert gone(number)

    def test_a_session_that_leaves_nothing_passes(self, session):
        ended, _, folder = session(STARTS + "    process.kill(); process.wait()\n")
        assert ended.returncode == 0, ended.stdout
        assert not folder.exists()

    def test_a_process_that_is_being_loaded_is_found(self, tmp_path, monkeypatch):
        """Its environment reads as empty then, in one of a thousand on a machine with much to do."""
        real, asked = psutil.Process.environ, []

        def not_yet(process):
            asked.append(process.pid)
            return {} if asked.count(process.pid) < 4 else real(process)

        with subprocess.Popen(["sleep", "600"], env={leftovers.VARIABLE: str(tmp_path)}) as process:
            with monkeypatch.context() as patched:
                patched.setattr(psutil.Process, "environ", not_yet)
                found = leftovers.find(str(tmp_path))
            process.kill()
        assert [one.pid for one in found] == [process.pid]
