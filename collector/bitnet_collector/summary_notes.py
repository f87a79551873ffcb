"""What does not hinder the comparison but bears on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .summary_rows import RankedRow
from .summary_table import Note

_Value = str | int | None


def summary_notes(rows: Sequence[RankedRow]) -> list[Note]:
    """Notes on the rows of the same work: threads, tokens or agents that differ, machines in one median."""
    notes = [
        _differ("threads-differ", rows, lambda row: row.run.threads),
        _differ("tokens-differ", _ranked(rows), lambda row: row.run.generated_sha256, unstated=False),
        _differ("agents-differ", rows, lambda row: row.run.agent_version, unstated=False),
        _mixed(rows),
    ]
    return [note for note in notes if note is not None]


def _ranked(rows: Sequence[RankedRow]) -> list[RankedRow]:
    return [row for row in rows if row.unranked is None]


def _differ(
    code: str, rows: Sequence[RankedRow], value: Callable[[RankedRow], _Value], *, unstated: bool = True
) -> Note | None:
    values = {row.run.member: value(row) for row in rows if unstated or value(row) is not None}
    return Note.model_validate({"code": code, "values": values}) if len(set(values.values())) > 1 else None


def _mixed(rows: Sequence[RankedRow]) -> Note | None:
    """Members whose median is over runs on different processors."""
    values: dict[str, _Value] = {
        row.run.member: ", ".join(dict.fromkeys(run.cpu for run in row.runs))
        for row in rows
        if len({run.cpu for run in row.runs}) > 1
    }
    return Note(code="machines-mixed", values=values) if values else None
