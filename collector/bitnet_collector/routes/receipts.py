"""`GET /runs/{id}/receipt`: the receipt of a report, told again from what is stored now."""

from __future__ import annotations

import hashlib

from fastapi import APIRouter

from ..answers import Receipt
from ..problems import Kind, ProblemError, problems
from ..runs import raw_report, refuse_deleted
from .given import SessionGiven

router = APIRouter(tags=["runs"])


@router.get(
    "/runs/{run_id}/receipt",
    response_model=Receipt,
    responses=problems(Kind.NOT_FOUND, Kind.DELETED, Kind.BUSY, Kind.UNAVAILABLE),
)
def get_receipt(run_id: str, session: SessionGiven) -> Receipt:
    """Give the receipt that `POST /runs` gave: `sha256` is computed anew over the bytes that are stored."""
    raw = raw_report(session, run_id)
    if raw is None:
        refuse_deleted(session, run_id)
        raise ProblemError(
            Kind.NOT_FOUND,
            f"no run is {run_id[:80]}",
            "it was never stored here: send it",
        )
    return Receipt(run_id=raw.run_id, sha256=hashlib.sha256(raw.body).hexdigest())
