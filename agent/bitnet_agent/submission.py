"""A run's report on its way: what stands against it is told before the run, and nothing is lost after it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .delivery.address import check_collector_url
from .delivery.connection import UNREACHABLE
from .delivery.failures import RefusedError
from .delivery.outbox import Outgoing
from .delivery.report_file import write_atomically
from .delivery.retrying import Patience
from .delivery.sending import Sender
from .delivery.spool import Entry, Spool
from .delivery.standing import ask_whoami, reach_collector, stand_of
from .delivery.token import Token, find_token
from .doctor.service import token_finding
from .doctor.wordings import sentences, wording_of
from .errors import AgentError, UsageError
from .options import Options
from .screen.delivering import DeliveryScreen
from .state_directory import state_directory


@dataclass(frozen=True)
class Submission:
    """Where the report of the run to come is to go, and by what means."""

    collector: str
    spool: Spool
    sender: Sender
    screen: DeliveryScreen

    def keep(self, run_id: str, body: bytes, output: Path) -> Entry:
        """Put the report into the spool and to `output`; where one fails, it is in the other all the same.

        Raises:
            EnvironmentFaultError: one of the two disks refuses.
        """
        try:
            entry = self.spool.put(Outgoing(run_id, body), self.collector)
        except AgentError:
            write_atomically(output, body)
            raise
        try:
            write_atomically(output, body)  # a later run replaces this file; the spool's copy stays
        except AgentError:
            self.screen.tell("waits")
            raise
        return entry

    def deliver(self, entry: Entry, output: Path) -> None:
        """Send it, and say where it is if it could not be sent.

        Raises:
            DeliveryError: it was not taken.
        """
        try:
            receipt = self.sender.send(self.spool, entry)
        except RefusedError:
            self.screen.tell("kept_refused", path=self.spool.refused_folder / entry.path.name)
            raise
        except (AgentError, KeyboardInterrupt):
            self.screen.tell("push_later", path=output)
            self.screen.line("bitnet-agent push --all")
            raise
        self.screen.delivered(receipt)
        self.screen.others_wait(len(self.spool.waiting()))


def prepare_submission(options: Options, screen: DeliveryScreen) -> Submission | None:
    """Look at what delivery needs; None where no collector is named.

    Raises:
        UsageError: the address, the token or the member cannot be meant.
        EnvironmentFaultError: there is no place for the spool.
    """
    if options.collector is None:
        return None
    collector = check_collector_url(options.collector)
    if options.member is None:
        raise UsageError(
            "a report for the collector needs a member", "add --member NAME, for example --member WJ"
        )
    token = find_token(options.token_file)
    spool = Spool(state_directory())
    screen.token_doubts(token, [collector])
    _tell_doubt(collector, token, options.member, screen)
    return Submission(
        collector, spool, Sender(token, Patience(total_s=options.retry_for), screen.pause), screen
    )


def _tell_doubt(collector: str, token: Token | None, member: str, screen: DeliveryScreen) -> None:
    reason = reach_collector(collector)
    if reason is not None:
        screen.tell("unreachable_now", reason=reason)
        return
    try:
        identity = ask_whoami(collector, token)
    except UNREACHABLE:
        return  # sending will say so, and try again
    finding = token_finding(stand_of(identity, token, member), identity, collector, member)
    if wording_of(finding).status == "bad":
        message, remedy = sentences(finding, screen.language)
        screen.tell("standing_now", reason=message, remedy=remedy)
