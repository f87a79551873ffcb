"""Emptying the spool: what waits, and what was refused for the sender's sake, in one pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..errors import AgentError, DeliveryError
from .collector import Receipt
from .failures import ABOUT_THE_REPORT, NotNowError, RefusedError
from .outbox import Outgoing
from .sending import Sender
from .spool import Entry, Spool
from .token import check_shown_to_one


@dataclass(frozen=True)
class Outcome:
    """What became of one entry: a receipt, an error, or neither: `held_back` after another one's error."""

    entry: Entry
    receipt: Receipt | None = None
    error: AgentError | None = None
    held_back: bool = False


def entries_to_send(spool: Spool) -> list[Entry]:
    """What waits, then what was refused for the token's or the address's sake: that may be mended by now."""
    refused = [
        entry
        for entry in spool.refused()
        if entry.slip.status is not None and entry.slip.status not in ABOUT_THE_REPORT
    ]
    return [*spool.waiting(), *refused]


def empty(spool: Spool, sender: Sender, collector: str | None) -> Iterator[Outcome]:
    """Send everything to the collector that it is meant for, or all of it to `collector`.

    Once a collector is out of reach or does not know the token, the rest of what is meant for it waits.

    Raises:
        UsageError: reports wait for several collectors, and the token would be shown to all of them.
    """
    entries = entries_to_send(spool)
    if collector is None:
        check_shown_to_one(sender.token, {entry.slip.collector for entry in entries})
    closed: set[str] = set()
    for entry in entries:
        goal = collector or entry.slip.collector
        if goal in closed:
            yield Outcome(entry, held_back=True)
            continue
        try:
            ready = _make_ready(spool, entry, goal, sender)
            yield Outcome(ready, receipt=sender.send(spool, ready))
        except AgentError as error:
            if isinstance(error, NotNowError) or (isinstance(error, RefusedError) and error.status == 401):
                closed.add(goal)
            yield Outcome(entry, error=error)


def _make_ready(spool: Spool, entry: Entry, goal: str, sender: Sender) -> Entry:
    """Let a refused entry wait again, and turn one that was meant for another collector."""
    is_refused = entry.path.parent == spool.refused_folder
    if not is_refused and entry.slip.collector == goal:
        return entry
    with spool.claim(entry.name, sender.patience.total_s) as mine:
        if not mine:
            raise DeliveryError(
                "another bitnet-agent on this machine is sending this report",
                "let it finish, then look again",
            )
        if not spool.still_there(entry):
            return replace(entry, path=spool.waiting_path(entry))
        if is_refused:
            entry = spool.readmit(entry)
        if entry.slip.collector == goal:
            return entry
        turned = spool.put(Outgoing(entry.slip.run_id, spool.read(entry)), goal)
        spool.discard(entry)
        return turned
