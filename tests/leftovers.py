"""End what a session of tests leaves behind, however it ends; started by `conftest.py` beside each session.

    python tests/leftovers.py FOLDER

It waits until its standard input is closed, which the system does when the session is gone, even by a
SIGKILL. Then it ends every process that inherited `TESTS_FOLDER=FOLDER` and removes the folder.
"""

from __future__ import annotations

import shutil
import sys
import time
from contextlib import suppress

import psutil

VARIABLE = "TESTS_FOLDER"
_LOADING_SECONDS = 30


def find(folder: str) -> list[psutil.Process]:
    """The processes that were started with this folder in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if _environment(process).get(VARIABLE) == folder:
                found.append(process)
        except (psutil.Error, OSError):  # gone, a zombie, or another user's
            continue
    return found


def _environment(process: psutil.Process, attempts: int = 1000) -> dict[str, str]:
    """What the process inherited; it reads as empty for a moment while a program is being loaded.

    `Popen` returns in that moment: Linux closes what is to be closed before it has laid out the environment.
    """
    for _ in range(attempts):
        environment = process.environ()
        if environment or not process.exe():  # a thread of the kernel has neither
            break
        if time.time() - process.create_time() > _LOADING_SECONDS:
            break  # it was started with nothing
        time.sleep(0.01)
    return environment


def end(folder: str, attempts: int = 200) -> None:
    """Kill what `find` finds until it finds nothing: a process may be starting another just now."""
    for _ in range(attempts):
        if not (left := find(folder)):
            return
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        time.sleep(0.05)


if __name__ == "__main__":
    sys.stdin.read()
    end(sys.argv[1])
    shutil.rmtree(sys.argv[1], ignore_errors=True)
