"""The place where a page of runs ended, as an opaque word in a URL."""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import datetime, timezone
from typing import NamedTuple

_RUN_ID = re.compile("[0-9a-f-]{1,36}")


class Cursor(NamedTuple):
    """The last run of a page; the next page holds what comes after it, newest first."""

    measured_at: datetime
    run_id: str

    def encode(self) -> str:
        """As a word that needs no escaping in a URL."""
        word = json.dumps([self.measured_at.isoformat(), self.run_id]).encode()
        return base64.urlsafe_b64encode(word).decode().rstrip("=")


def read_cursor(word: str) -> Cursor:
    """Read what `encode` wrote.

    Raises:
        ValueError: it did not write this.
    """
    try:
        moment, run_id = json.loads(base64.b64decode(word + "=" * (-len(word) % 4), b"-_", validate=True))
        measured_at = datetime.fromisoformat(moment)
        if measured_at.tzinfo is not None:
            measured_at.astimezone(timezone.utc)  # the first and the last hours of time have no UTC
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError) as error:
        raise ValueError("this is no cursor that the collector gave out") from error
    if measured_at.tzinfo is None or not isinstance(run_id, str) or not _RUN_ID.fullmatch(run_id):
        raise ValueError("this is no cursor that the collector gave out")
    return Cursor(measured_at, run_id)
