"""From the spool to the collector: one entry, until its receipt is kept or patience ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..errors import DeliveryError
from .collector import Receipt, deliver
from .connection import SILENCE_S
from .failures import NotNowError, RefusedError
from .retrying import Patience, persist
from .spool import Entry, Spool
from .token import Token


def _tell_nobody(_: NotNowError, __: float) -> None:
    pass


@dataclass(frozen=True)
class Sender:
    """How reports are sent: as whom, how patiently, and who hears of the pauses (error, seconds)."""

    token: Token | None = None
    patience: Patience = field(default_factory=Patience)
    tell: Callable[[NotNowError, float], None] = _tell_nobody
    silence_s: float = SILENCE_S

    def send(self, spool: Spool, entry: Entry) -> Receipt:
        """Send a waiting entry; it leaves the spool with its receipt, and with nothing else.

        Raises:
            RefusedError: for good; the entry is among the refused, with the reason.
            DeliveryError: not now; the entry waits.
            EnvironmentFaultError: the disk refuses; the entry waits, and sending it again is safe.
        """
        slip = entry.slip
        with spool.claim(entry.name, self.patience.total_s) as mine:
            if not mine:
                raise DeliveryError(
                    "another bitnet-agent on this machine is sending this report",
                    "let it finish, then look again",
                )
            if not spool.still_there(entry):
                return _sent_by_another(spool, entry)
            body = spool.read(entry)
            try:
                receipt = persist(
                    lambda: deliver(body, slip.run_id, slip.collector, self.token, silence_s=self.silence_s),
                    self.patience,
                    self.tell,
                )
            except RefusedError as error:
                spool.refuse(entry, error.status, error.message)
                raise
            spool.settle(entry)
            return receipt


def _sent_by_another(spool: Spool, entry: Entry) -> Receipt:
    """Another agent had the claim first: what became of the report then?"""
    slip = entry.slip
    if spool.receipt_for(entry) is not None:
        return Receipt(slip.run_id, slip.sha256, f"{slip.collector}/runs/{slip.run_id}", already_there=True)
    for refused in spool.refused():
        if refused.name == entry.name:
            raise RefusedError(
                refused.slip.reason or "refused", f"it is kept as {refused.path}", refused.slip.status or 0
            )
    raise DeliveryError(f"the report {slip.run_id} is no longer in the spool", f"look into {spool.root}")
