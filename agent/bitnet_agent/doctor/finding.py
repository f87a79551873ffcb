"""What one look found: a code, which decides check, status and sentences, and the numbers in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["ok", "note", "doubt", "bad"]
Check = Literal[
    "model", "disk", "memory", "compiler", "cache", "versions", "clock", "governor", "battery", "load",
    "threads", "swap", "temperature", "collector", "spool", "token", "doctor",
]  # fmt: skip


@dataclass(frozen=True)
class Wording:
    """A code's part in the examination and its sentences, templates for `str.format`."""

    check: Check
    status: Status
    message: str
    message_zh: str
    remedy: str | None = None
    remedy_zh: str | None = None


@dataclass(frozen=True)
class Finding:
    """One thing seen; what it says stands in `wordings`."""

    code: str
    values: dict[str, Any]


def found(code: str, **values: Any) -> Finding:
    """Make a finding of that code."""
    return Finding(code, values)
