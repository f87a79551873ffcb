"""`bitnet-agent verify`: ask the collector for every receipt."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

from ..delivery.address import check_collector_url
from ..delivery.checking import Checked, Question, check, question_of, questions_of
from ..delivery.outbox import read_for_sending
from ..delivery.retrying import Patience
from ..delivery.sending import Sender
from ..delivery.spool import Spool
from ..delivery.token import check_shown_to_one, find_token
from ..errors import AgentError, DeliveryError
from ..options import Options
from ..screen.delivering import DeliveryScreen
from ..screen.language import Language, choose_language, text
from ..screen.terminal import console
from ..state_directory import state_directory


@dataclass(frozen=True)
class _Row:
    """One report's answer: what was found, or why nothing could be."""

    label: str
    checked: Checked | None = None
    error: AgentError | None = None

    @property
    def exit_code(self) -> int:
        if self.error is not None:
            return self.error.exit_code
        settled = self.checked is not None and self.checked.state in ("stored", "deleted")
        return 0 if settled else DeliveryError.exit_code


def run(options: Options) -> int:
    """Ask for each and print the answers, the result; the first lost or other one decides the exit code."""
    language = choose_language(options.lang)
    screen = DeliveryScreen(console(), language, quiet=False)
    spool = Spool(state_directory())
    sender = Sender(find_token(options.token_file), Patience(total_s=options.retry_for), screen.pause)
    collector = None if options.collector is None else check_collector_url(options.collector)
    rows = [
        _ask(question, spool, sender) for question in _questions(options, collector, spool, sender, screen)
    ]
    if options.json:
        content = json.dumps([_as_json(row) for row in rows], ensure_ascii=False, indent=2) + "\n"
        sys.stdout.buffer.write(content.encode())
        sys.stdout.buffer.flush()
    else:
        for row in rows:
            _print(row, language)
        if not rows:
            print(text(language, "nothing_to_verify"))
    return next((row.exit_code for row in rows if row.exit_code), 0)


def _questions(
    options: Options, collector: str | None, spool: Spool, sender: Sender, screen: DeliveryScreen
) -> list[Question | _Row]:
    if options.all or collector is None:
        known = questions_of(spool, collector)
        check_shown_to_one(sender.token, {question.collector for question in known})
        screen.token_doubts(sender.token, sorted({question.collector for question in known}))
        return list(known)
    screen.token_doubts(sender.token, [collector])
    found: list[Question | _Row] = []
    for path in options.files:
        try:
            outgoing = read_for_sending(path, options.member, options.decode_tokens)
            found.append(question_of(str(path), outgoing, collector))
        except AgentError as error:
            found.append(_Row(str(path), error=error))
    return found


def _ask(question: Question | _Row, spool: Spool, sender: Sender) -> _Row:
    if isinstance(question, _Row):
        return question
    try:
        return _Row(question.label, checked=check(question, spool, sender))
    except AgentError as error:
        return _Row(question.label, error=error)


def _print(row: _Row, language: Language) -> None:
    for line in _lines(row, language):
        print(line)


def _lines(row: _Row, language: Language) -> list[str]:
    if row.checked is None:
        assert row.error is not None  # noqa: S101  (a row has one of the two)
        told = [text(language, "unasked", label=row.label, reason=row.error.message)]
        return [*told, f"  → {row.error.remedy}"] if row.error.remedy else told
    asked = row.checked.question
    values = {"label": asked.label, "run_id": asked.run_id, "collector": asked.collector}
    told = [text(language, row.checked.state, **values)]
    if row.checked.state == "missing":
        told.append(
            "  → " + text(language, "missing_waits" if row.checked.waits else "missing_gone", **values)
        )
    if row.checked.state == "different":
        told.append("  → " + text(language, "different_remedy", **values))
    return told


def _as_json(row: _Row) -> dict[str, Any]:
    if row.checked is None:
        return {"report": row.label, "state": "unknown", "reason": row.error and row.error.message}
    asked = row.checked.question
    return {
        "report": asked.label,
        "state": row.checked.state,
        "run_id": asked.run_id,
        "sha256": asked.sha256,
        "collector": asked.collector,
        "waits": row.checked.waits,
    }
