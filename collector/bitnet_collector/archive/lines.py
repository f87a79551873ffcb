"""The lines of an export: a report, with what admins said of it, or a run that they deleted.

A report is its exact text, its SHA-256, and when it came in. It is UTF-8 by the rules of reading, so its text
as a JSON string is lossless; bytes that are not (a damaged store) stand in base64.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from datetime import datetime, timezone
from typing import Any, NamedTuple

from .words import Deletion, Said

LONGEST = 64 * 2**20
"""Bytes of a line: the largest report, every character of it escaped, and room to spare."""


class Entry(NamedTuple):
    """A report as it was stored: its bytes (checked against `sha256`), and when it came in (UTC).

    `said` is what admins said of the run, None where nobody said anything.
    """

    run_id: str
    sha256: str
    received_at: datetime
    body: bytes
    said: Said | None = None


class LineError(ValueError):
    """This line is none that an export wrote."""


def to_line(entry: Entry | Deletion) -> bytes:
    """The line of a report or a deletion, newline included; no character but the last one breaks a line."""
    fields = entry.model_dump(mode="json") if isinstance(entry, Deletion) else _fields(entry)
    return json.dumps(fields, ensure_ascii=True).encode() + b"\n"


def _fields(entry: Entry) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "run_id": entry.run_id,
        "sha256": entry.sha256,
        "received_at": entry.received_at.isoformat(),
    }
    if entry.said is not None:
        fields["curation"] = entry.said.model_dump(mode="json")
    try:
        fields["report"] = entry.body.decode()
    except UnicodeDecodeError:
        fields["report_base64"] = base64.b64encode(entry.body).decode()
    return fields


def from_line(line: bytes) -> Entry | Deletion:
    """Read what `to_line` wrote.

    Raises:
        LineError: it did not write this, or its bytes have changed since.
    """
    try:
        fields = json.loads(line)
        if "deleted_at" in fields:
            return Deletion.model_validate(fields)
        received_at = datetime.fromisoformat(fields["received_at"]).astimezone(timezone.utc)
        run_id, sha256 = str(fields["run_id"]), str(fields["sha256"])
        said = Said.model_validate(fields["curation"]) if "curation" in fields else None
        if "report_base64" in fields:
            body = base64.b64decode(fields["report_base64"], validate=True)
        else:
            body = fields["report"].encode()
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, binascii.Error):
        raise LineError("this is no line of an export") from None
    if hashlib.sha256(body).hexdigest() != sha256:
        raise LineError(f"the report of run {run_id[:80]} is not as its SHA-256 says")
    return Entry(run_id, sha256, received_at, body, said)
