"""`POST /runs`: take a report and give its receipt."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from bitnet_report import MEMBER_RULE, is_member_name, read_report

from ..access.authorising import CallerGiven
from ..access.callers import Caller, Right
from ..answers import Receipt
from ..bodies import read_json_body
from ..problems import Kind, ProblemError, problems
from ..storing import Submission, submission_of
from ..watching import note
from .given import GroupCommitGiven, NowGiven

router = APIRouter(tags=["runs"])

_LARGE = 32 * 2**10
"""Bytes of a report that is read in a thread; with a smaller one, handing it over would take longest."""

_REFUSALS = problems(
    Kind.NOT_JSON,
    Kind.BAD_ENCODING,
    Kind.CONFLICT,
    Kind.DELETED,
    Kind.TOO_SLOW,
    Kind.TOO_LARGE,
    Kind.UNSUPPORTED_MEDIA,
    Kind.NOT_A_REPORT,
    Kind.UNSUPPORTED_SCHEMA,
    Kind.BUSY,
    Kind.UNAVAILABLE,
    Kind.STORAGE_FULL,
)


@router.post(
    "/runs",
    status_code=201,
    response_model=Receipt,
    responses={200: {"model": Receipt, "description": "This report was stored before"}, **_REFUSALS},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SubmittedReport"}}},
        }
    },
)
async def submit_run(
    request: Request, response: Response, caller: CallerGiven, queue: GroupCommitGiven, now: NowGiven
) -> Receipt:
    """Store one report, plain or gzip, of at most 8 MiB.

    The receipt comes when the report is on the disk. The same bytes again change nothing and give the same
    receipt with 200. What may be sent again: 503 after `Retry-After`, and 507 once there is room.
    """
    body = await read_json_body(request)
    if len(body) > _LARGE:
        submission = await run_in_threadpool(_read, body, now, caller)
    else:
        submission = _read(body, now, caller)
    stored = await queue.join(submission)
    note(request.scope, outcome="created" if stored.created else "repeated", run_id=stored.run_id)
    response.status_code = 201 if stored.created else 200
    response.headers["Location"] = f"{request.scope.get('root_path', '')}/runs/{stored.run_id}"
    return Receipt(run_id=stored.run_id, sha256=stored.sha256)


def _read(body: bytes, now: datetime, caller: Caller) -> Submission:
    """Read and check a report that `caller` sent, and make it ready to be stored."""
    report = read_report(body)
    if report.member is None:
        raise ProblemError(
            Kind.NOT_A_REPORT,
            "member: a report that is sent must say whose it is",
            "name the member: bitnet-agent push FILE --member WJ",
            field="member",
        )
    if not is_member_name(report.member):
        raise ProblemError(
            Kind.NOT_A_REPORT,
            f"member: no page can have the name {report.member!r}, which browsers take out of an address",
            f"{MEMBER_RULE}: bitnet-agent push FILE --member WJ",
            field="member",
        )
    if not caller.may_submit_as(report.member):
        raise ProblemError(
            Kind.FORBIDDEN,
            f"this token is {caller.member}'s, and the report is {report.member}'s",
            f"submit as {caller.member}, or with {report.member}'s own token",
            field="member",
        )
    return submission_of(report, report.member, body, now, undelete=Right.MANAGE in caller.may)
