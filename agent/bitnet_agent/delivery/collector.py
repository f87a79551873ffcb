"""What is asked of a collector: take this report, give its receipt, give a report back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone

from ..errors import DeliveryError, UsageError
from .connection import SILENCE_S, UNREACHABLE, Answer, exchange
from .failures import NOT_OURS, refusal, unreachable
from .token import Token

_REPORT_BYTES = 64 * 2**20
"""Many times what a collector takes (8 MiB)."""


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass(frozen=True)
class Receipt:
    """What the collector promises to keep: the run's id and the SHA-256 of the bytes; `url` shows the run."""

    run_id: str
    sha256: str
    url: str
    already_there: bool


def deliver(
    body: bytes,
    run_id: str,
    collector: str,
    token: Token | None = None,
    *,
    silence_s: float = SILENCE_S,
    now: Callable[[], datetime] = _utc_now,
) -> Receipt:
    """Send one report once, and check the receipt against the bytes that were sent.

    Raises:
        NotNowError: it may be taken later.
        RefusedError: it will not be taken as it is.
        DeliveryError: the address leads nowhere, or what answers gives no receipt.
    """
    try:
        answer = exchange("POST", collector, "/runs", token, body=body, silence_s=silence_s)
    except UNREACHABLE as error:
        raise unreachable(error, collector) from error
    if answer.status not in (200, 201):
        raise refusal(answer, collector, token, now())
    receipt, sha256 = answer.document, hashlib.sha256(body).hexdigest()
    if (receipt.get("run_id"), receipt.get("sha256"), receipt.get("durable")) != (run_id, sha256, True):
        raise DeliveryError(f"{collector} answered, but not with a receipt for this report", NOT_OURS)
    return Receipt(run_id, sha256, f"{collector}/runs/{run_id}", answer.status == 200)


def fetch_receipt(
    run_id: str, collector: str, token: Token | None = None, *, now: Callable[[], datetime] = _utc_now
) -> str | None:
    """The SHA-256 of what the collector keeps under that id; None where it keeps nothing.

    A collector too old to give receipts is asked for the report itself.

    Raises:
        DeliveryError: the collector is down, refuses to say, or is no bitnet-collector.
    """
    answer = _get(f"/runs/{run_id}/receipt", collector, token)
    if answer.status == 200:
        sha256 = answer.document.get("sha256")
        if answer.document.get("run_id") != run_id or not isinstance(sha256, str):
            raise DeliveryError(f"{collector} answered, but not with a receipt for this report", NOT_OURS)
        return sha256
    if answer.status == 404 and answer.document.get("detail"):
        answer = _get(f"/runs/{run_id}.json", collector, token)
        if answer.status == 200:
            return hashlib.sha256(answer.content).hexdigest()
        if answer.status == 404 and answer.document.get("detail"):
            return None
    raise refusal(answer, collector, token, now())


def fetch_report(
    run_id: str, collector: str, token: Token | None = None, *, now: Callable[[], datetime] = _utc_now
) -> bytes:
    """Fetch a stored report, byte for byte as it was sent.

    Raises:
        UsageError: the collector has no such run.
        DeliveryError: the collector is down, refuses, or is no bitnet-collector.
    """
    answer = _get(f"/runs/{run_id}.json", collector, token)
    if answer.status == 404 and answer.document.get("detail"):
        raise UsageError(f"the collector {collector} has no run {run_id}", f"{collector}/runs lists its runs")
    if answer.status in (401, 403):
        raise refusal(answer, collector, token, now())
    if answer.status != 200:
        raise DeliveryError(f"{collector} answered {answer.status} where a run was asked for", NOT_OURS)
    return answer.content


def _get(path: str, collector: str, token: Token | None) -> Answer:
    try:
        return exchange("GET", collector, path, token, most_bytes=_REPORT_BYTES)
    except UNREACHABLE as error:
        raise unreachable(error, collector) from error
