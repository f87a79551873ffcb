"""The place where a page of runs ended, as an opaque word in a URL."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import NamedTuple


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
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise ValueError("this is no cursor that the collector gave out") from error
    if measured_at.tzinfo is None or not isinstance(run_id, str):
        raise ValueError("this is no cursor that the collector gave out")
    return Cursor(measured_at, run_id)
