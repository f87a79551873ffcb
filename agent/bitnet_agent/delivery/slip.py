"""What lies beside a report that is on its way, and beside one that arrived: small JSON files."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, ConfigDict

from bitnet_report.fields import RunId


class Slip(BaseModel):
    """Where a report is to go; `sha256` is of its bytes when it was spooled.

    `status` and `reason` tell of a refusal: the HTTP status (None: refused here) and one sentence.
    """

    model_config = ConfigDict(frozen=True)

    run_id: RunId
    sha256: str
    collector: str
    spooled_at: str
    status: int | None = None
    reason: str | None = None


class KeptReceipt(BaseModel):
    """Which collector acknowledged which bytes, and when (ISO 8601, UTC)."""

    model_config = ConfigDict(frozen=True)

    run_id: RunId
    sha256: str
    collector: str
    delivered_at: str


def name_of(run_id: str, sha256: str, collector: str) -> str:
    """The file name, without its ending, of one report on its way to one collector."""
    return f"{run_id}-{hashlib.sha256(f'{sha256} {collector}'.encode()).hexdigest()[:12]}"
