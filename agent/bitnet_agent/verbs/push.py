"""`bitnet-agent push`: send reports that are on disk."""

from __future__ import annotations

from pathlib import Path

from ..delivery.address import check_collector_url
from ..delivery.emptying import empty, entries_to_send
from ..delivery.failures import RefusedError
from ..delivery.outbox import read_for_sending
from ..delivery.retrying import Patience
from ..delivery.sending import Sender
from ..delivery.spool import Entry, Spool
from ..delivery.token import find_token
from ..errors import AgentError, DeliveryError, EnvironmentFaultError
from ..options import Options
from ..screen.delivering import DeliveryScreen
from ..screen.language import choose_language
from ..screen.terminal import console
from ..state_directory import state_directory


def run(options: Options) -> int:
    """Send each; one that fails keeps no other back, and the first failure is the exit code."""
    screen = DeliveryScreen(console(), choose_language(options.lang), quiet=options.quiet)
    collector = None if options.collector is None else check_collector_url(options.collector)
    sender = Sender(find_token(options.token_file), Patience(total_s=options.retry_for), screen.pause)
    spool = Spool(state_directory())
    if options.all:
        spool.tidy()
        goals = {collector or entry.slip.collector for entry in entries_to_send(spool)}
        screen.token_doubts(sender.token, sorted(goals))
        return _push_all(spool, sender, collector, screen)
    assert collector is not None  # noqa: S101  (the options' check says so)
    screen.token_doubts(sender.token, [collector])
    exit_code = 0
    for path in options.files:
        failed = _push_file(path, collector, options, spool, sender, screen=screen)
        exit_code = exit_code or failed
    return exit_code


def _push_file(
    path: Path, collector: str, options: Options, spool: Spool, sender: Sender, *, screen: DeliveryScreen
) -> int:
    entry = None
    try:
        outgoing = read_for_sending(path, options.member, options.decode_tokens)
        entry = spool.put(outgoing, collector)
        screen.delivered(sender.send(spool, entry))
    except AgentError as error:
        screen.failed(error, f"{path}: " if isinstance(error, DeliveryError) else "")
        if entry is not None:
            _tell_where(entry, error, spool, screen)
        return error.exit_code
    return 0


def _push_all(spool: Spool, sender: Sender, collector: str | None, screen: DeliveryScreen) -> int:
    exit_code, count = 0, 0
    for outcome in empty(spool, sender, collector):
        count += 1
        if outcome.receipt is not None:
            screen.delivered(outcome.receipt)
        elif outcome.error is not None:
            exit_code = exit_code or outcome.error.exit_code
            screen.failed(outcome.error, f"{outcome.entry.slip.run_id}: ")
        else:
            screen.held_back(outcome.entry.slip)
    for path in spool.strays():
        exit_code = exit_code or EnvironmentFaultError.exit_code
        screen.failed(
            EnvironmentFaultError(
                f"{path} has lost the slip that says where it is to go",
                f"send it with `bitnet-agent push {path} --collector URL`, then remove it",
            )
        )
    if count == 0 and exit_code == 0:
        screen.spool_is_empty()
    if refused := len(spool.refused()):
        screen.tell("refused_remain", n=refused, path=spool.refused_folder)
    return exit_code


def _tell_where(entry: Entry, error: AgentError, spool: Spool, screen: DeliveryScreen) -> None:
    if isinstance(error, RefusedError):
        screen.tell("kept_refused", path=spool.refused_folder / entry.path.name)
    elif spool.still_there(entry):
        screen.tell("waits")
