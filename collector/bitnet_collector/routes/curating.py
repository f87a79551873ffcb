"""`PATCH` and `DELETE /runs/{id}`: an admin annotates, pins, hides or deletes a run."""

from __future__ import annotations

import re
from datetime import datetime

from fastapi import APIRouter, Request, Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from ..access.authorising import CallerGiven
from ..answers import CurationItem
from ..bodies import read_json_body
from ..changes import RunChange, read_change
from ..curation import Change, curate, run_to_change
from ..database import Database
from ..deletions import delete_run
from ..problems import Kind, ProblemError, problems
from ..runs import refuse_deleted
from ..tables import Run
from .given import DatabaseGiven, NowGiven

router = APIRouter(tags=["admin"])

_LIMIT = 64 * 2**10
"""Bytes of a change: a note and two switches."""

_PROBLEMS = problems(
    Kind.NOT_FOUND,
    Kind.METHOD_NOT_ALLOWED,  # an id with a slash in it is another address
    Kind.DELETED,
    Kind.BUSY,
    Kind.UNAVAILABLE,
    Kind.STORAGE_FULL,
)
_CHANGE_PROBLEMS = problems(
    Kind.NOT_JSON,
    Kind.BAD_ENCODING,
    Kind.UNCURATABLE,
    Kind.TOO_SLOW,
    Kind.TOO_LARGE,
    Kind.UNSUPPORTED_MEDIA,
    Kind.NOT_A_CHANGE,
)


@router.patch(
    "/runs/{run_id}",
    response_model=CurationItem,
    responses={**_PROBLEMS, **_CHANGE_PROBLEMS},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": RunChange.model_json_schema()}},
        }
    },
)
async def change_run(
    run_id: str, request: Request, caller: CallerGiven, database: DatabaseGiven, now: NowGiven
) -> CurationItem:
    """Annotate a run, pin it as the baseline of its workload, or leave it out of the summary.

    What the body does not name stays as it is; `"note": null` takes the note away. A workload has one
    baseline: pinning another run unpins the one before.
    """
    change = read_change(await read_json_body(request, _LIMIT))
    return await run_in_threadpool(_change, database, run_id, change, now, caller.token_id or "")


def _change(database: Database, run_id: str, change: Change, now: datetime, token_id: str) -> CurationItem:
    with database.writing() as session:
        return CurationItem.model_validate(curate(session, _find(session, run_id), change, now, token_id))


@router.delete(
    "/runs/{run_id}",
    status_code=204,
    response_class=Response,
    responses={204: {"description": "The run is gone"}, **_PROBLEMS},
)
def remove_run(run_id: str, caller: CallerGiven, database: DatabaseGiven, now: NowGiven) -> Response:
    """Delete a run and its report. Sent again, it is refused, unless with an admin's token."""
    with database.writing() as session:
        delete_run(session, _find(session, run_id), now, caller.token_id or "")
    return Response(status_code=204)


def _find(session: Session, run_id: str) -> Run:
    run = run_to_change(session, run_id) if re.fullmatch("[0-9a-f-]{36}", run_id) else None
    if run is None:
        if "\0" not in run_id:  # PostgreSQL keeps none
            refuse_deleted(session, run_id)
        raise ProblemError(Kind.NOT_FOUND, f"no run is {run_id[:80]}", "GET /runs lists them")
    return run
