"""Several processes that answer on one socket; one that dies is replaced."""

from __future__ import annotations

import logging
import logging.config
import multiprocessing
import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import NoReturn

from prometheus_client.multiprocess import mark_process_dead

from .errors import EnvironmentFaultError
from .logs import log_config
from .metrics import MULTIPROCESS
from .server import run_server
from .settings import Settings

_LOG = logging.getLogger(__name__)

_PAUSE_SECONDS = 1.0


def run_workers(settings: Settings, listener: socket.socket, on_ready: Callable[[], None]) -> None:
    """Keep `settings.workers` processes answering until SIGINT or SIGTERM; `on_ready` once all of them do.

    Raises:
        SystemExit: 0 after such a signal, when all have ended what was under way.
        EnvironmentFaultError: a worker ended before it could answer; the others were told to end.
    """
    logging.config.dictConfig(log_config(settings.log_format))
    with ExitStack() as stack:
        if MULTIPROCESS not in os.environ:
            counts = stack.enter_context(tempfile.TemporaryDirectory(prefix="bitnet-collector-counts-"))
            os.environ[MULTIPROCESS] = counts
        workers = [_Worker(settings, listener) for _ in range(settings.workers)]
        ending = _Ending()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, ending)
        try:
            for worker in workers:
                with ending.held():
                    worker.start()
            for worker in workers:
                worker.wait_until_ready()
            on_ready()
            _keep(workers, ending)
        finally:
            ending.hold()  # a second signal keeps nobody from being ended
            for worker in workers:
                worker.end()


class _Ending:
    """Ends the program at a signal, by SystemExit; not while it is held, in the middle of starting a worker.

    A worker that is half started cannot be told to end, and would be left behind.
    """

    def __init__(self) -> None:
        self._held, self._asked = False, False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True
        if not self._held:
            raise SystemExit(0)

    def hold(self) -> None:
        self._held = True

    @contextmanager
    def held(self) -> Iterator[None]:
        self._held = True
        yield
        self._held = False
        if self._asked:
            raise SystemExit(0)


def _keep(workers: list[_Worker], ending: _Ending) -> NoReturn:
    """Replace each worker that ends; only a signal ends this."""
    while True:
        wait([worker.process.sentinel for worker in workers])
        for worker in workers:
            if not worker.process.is_alive():
                fields = {"exit_code": worker.process.exitcode, "pid": worker.process.pid}
                _LOG.error("a worker ended and is replaced", extra={"fields": fields})
                worker.forget()
                if not worker.was_ready():  # the database may be away: try again, but not in a frenzy
                    time.sleep(_PAUSE_SECONDS)
                with ending.held():
                    worker.start()


class _Worker:
    """One process after another in the same place."""

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        self._settings, self._listener = settings, listener
        self.process: SpawnProcess
        self._ready: Connection

    def start(self) -> None:
        processes = multiprocessing.get_context("spawn")  # a fork would share the parent's locks and sockets
        self._answered = False
        self._ready, theirs = processes.Pipe(duplex=False)
        self.process = processes.Process(target=_work, args=(self._settings, self._listener, theirs))
        self.process.start()
        theirs.close()

    def wait_until_ready(self) -> None:
        try:
            self._ready.recv()
        except EOFError:
            self.process.join()
            raise EnvironmentFaultError(
                f"a worker could not start (exit code {self.process.exitcode})", "look at what it said above"
            ) from None
        self._answered = True

    def was_ready(self) -> bool:
        """Tell whether the process that has ended ever answered."""
        try:
            return self._answered or bool(self._ready.recv())
        except EOFError:
            return False
        finally:
            self._ready.close()

    def end(self) -> None:
        """Have it end what is under way; it bounds that time itself."""
        process = getattr(self, "process", None)
        if process is not None and process.pid is not None:
            process.terminate()
            process.join()
            self.forget()

    def forget(self) -> None:
        """Its requests are no longer in flight."""
        if self.process.pid is not None:
            mark_process_dead(self.process.pid)  # type: ignore[no-untyped-call]  # it has no types


def _work(settings: Settings, listener: socket.socket, ready: Connection) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()

    def tell() -> None:
        ready.send(True)
        ready.close()

    run_server(settings, listener, tell)


def _end_after(parent: int) -> None:
    """A worker whose parent was killed must not keep the port."""
    wait([parent])
    os.kill(os.getpid(), signal.SIGTERM)
