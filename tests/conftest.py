"""No session of tests leaves a process or a database cluster behind, and none hides that a test did."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # leftovers, and what several folders share

_GRACE_SECONDS = 30  # for what was told to end and has not quite, on a machine that stands still for a while
_keeper = pytest.StashKey[subprocess.Popen]()


def pytest_configure(config: pytest.Config) -> None:
    import leftovers

    # A shell that starts something in the background lets it ignore Ctrl-C, and all that it starts as well.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = tempfile.mkdtemp(prefix="bitnet-")
    Path(folder).chmod(0o711)  # PostgreSQL's user passes through it
    os.environ.pop(leftovers.VARIABLE, None)
    config.stash[_keeper] = subprocess.Popen(
        [sys.executable, leftovers.__file__, folder], stdin=subprocess.PIPE, start_new_session=True
    )
    os.environ[leftovers.VARIABLE] = folder
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(Path(folder) / "hypothesis")
    # What torch compiles is compiled once for all tests, and never taken from this machine's user.
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(Path(folder) / "inductor")


def pytest_unconfigure(config: pytest.Config) -> None:
    if keeper := config.stash.get(_keeper, None):
        keeper.communicate(timeout=300)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the session if something that a test started is still there when all fixtures are gone."""
    import leftovers

    grace = float(os.environ.get("TESTS_GRACE_SECONDS", _GRACE_SECONDS))
    _, left = psutil.wait_procs(leftovers.find(os.environ[leftovers.VARIABLE]), timeout=grace)
    if left:
        told = "\n".join(f"  {process.pid} {_command(process)[:200]}" for process in left)
        sys.stderr.write(f"\nThe tests left these processes behind:\n{told}\n")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _command(process: psutil.Process) -> str:
    with suppress(psutil.Error):  # it ends just now
        return " ".join(process.cmdline())
    return "(ended)"


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of this machine that nobody listens on, and nobody can: it is held until the test ends."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
