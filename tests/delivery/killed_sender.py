"""A program: send reports, one a forked process, and let the n-th die at its n-th step on disk or network.

    killed_sender.py PLACE URL [taken]

Process n uses the spool PLACE/n, and PLACE/n.json is what it was to send. With `taken` the collector has
another report under each id, so that it refuses. Ends when a process came through; prints how many
there were.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from bitnet_agent.delivery.collector import deliver
from bitnet_agent.delivery.failures import RefusedError
from bitnet_agent.delivery.outbox import Outgoing
from bitnet_agent.delivery.retrying import Patience
from bitnet_agent.delivery.sending import Sender
from bitnet_agent.delivery.spool import Spool

STEPS = {"open", "os.rename", "os.remove", "os.mkdir"}


def main(place: Path, url: str, *, taken: bool) -> None:
    from conftest import make_outgoing

    n, status = 0, -1
    while status != 0:
        n += 1
        outgoing = make_outgoing()
        if taken:
            deliver(outgoing.body, outgoing.run_id, url)
            outgoing = Outgoing(outgoing.run_id, outgoing.body + b"\n")
        (place / f"{n}.json").write_bytes(outgoing.body)
        child = os.fork()
        if child == 0:
            die_at(n, str(place / str(n)))
            try:
                spool = Spool(place / str(n))
                Sender(patience=Patience(total_s=0)).send(spool, spool.put(outgoing, url))
            except RefusedError:
                pass
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        assert status == 0 or os.WTERMSIG(status) == signal.SIGKILL
    print(n)


def die_at(n: int, place: str) -> None:
    """Count what is done to files in `place`, each connection and each flush; die before the n-th."""
    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        if count == n:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.connect" or (event in STEPS and str(arguments[0]).startswith(place)):
            step()

    def fsync(handle: int) -> None:
        step()
        real(handle)

    real, os.fsync = os.fsync, fsync
    sys.addaudithook(audit)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], taken="taken" in sys.argv[3:])
