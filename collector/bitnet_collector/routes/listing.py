"""`GET /runs`: the runs, newest first, a page at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict
from sqlmodel import Session

from ..answers import CurationItem, RunItem, RunPage
from ..curation import curations_of
from ..cursors import Cursor, read_cursor
from ..problems import Kind, ProblemError, problems
from ..runs import Wanted, list_runs
from ..tables import Run
from .given import SessionGiven

router = APIRouter(tags=["runs"])


def _moment(value: Any) -> Any:
    """Read an ISO 8601 time or date; without an offset it is UTC."""
    if not isinstance(value, str):
        return value
    text = re.sub(r"[zZ]$", "+00:00", value.strip())
    text = (
        re.sub(r" (\d\d:?\d\d)$", r"+\1", text) if "T" in text else text
    )  # a "+" in a URL arrives as a space
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    except (ValueError, OverflowError):
        raise ValueError("give an ISO 8601 time, such as 2026-01-31 or 2026-01-31T08:00:00Z") from None


Moment = Annotated[datetime, BeforeValidator(_moment)]


class RunQuery(BaseModel):
    """The parameters of `GET /runs`; one that does not exist is refused, lest it be thought to filter."""

    model_config = ConfigDict(extra="forbid")

    member: Annotated[str | None, Query(max_length=64)] = None
    model: Annotated[str | None, Query(max_length=200)] = None
    workload: Annotated[str | None, Query(pattern="^[0-9a-f]{12}$")] = None
    grade: Annotated[Literal["A", "B", "C", "invalid"] | None, Query()] = None
    since: Annotated[Moment | None, Query(description="Measured at this time or later")] = None
    until: Annotated[Moment | None, Query(description="Measured before this time")] = None
    limit: Annotated[int, Query(ge=1, le=1000)] = 50
    cursor: Annotated[str | None, Query(max_length=400, description="From `next` of the page before")] = None


@router.get(
    "/runs.json",
    response_model=RunPage,
    responses=problems(Kind.BAD_PARAMETER, Kind.BUSY, Kind.UNAVAILABLE),
)
@router.get(
    "/runs",
    response_model=RunPage,
    responses=problems(Kind.BAD_PARAMETER, Kind.BUSY, Kind.UNAVAILABLE),
)
def get_runs(
    request: Request, response: Response, session: SessionGiven, query: Annotated[RunQuery, Query()]
) -> RunPage:
    """List runs, newest first; `next` (also as a Link header) leads to the page behind."""
    found = list_runs(session, wanted(query), after(query.cursor), query.limit + 1)
    shown, following = found[: query.limit], None
    if len(found) > query.limit:
        following = next_link(request, Cursor(shown[-1].measured_at, shown[-1].run_id))
        response.headers["Link"] = f'<{following}>; rel="next"'
    return RunPage(runs=run_items(session, request, shown), next=following)


def wanted(query: RunQuery) -> Wanted:
    """The filters of a query."""
    return Wanted(query.member, query.model, query.workload, query.grade, query.since, query.until)


def after(word: str | None) -> Cursor | None:
    """The cursor of a query.

    Raises:
        ProblemError: 400, it is none.
    """
    try:
        return None if word is None else read_cursor(word)
    except ValueError as error:
        raise ProblemError(
            Kind.BAD_PARAMETER, f"cursor: {error}", "follow `next` of a page as it is", field="cursor"
        ) from error


def next_link(request: Request, last: Cursor) -> str:
    """This address, but for the runs behind `last`."""
    return str(request.url.include_query_params(cursor=last.encode()))


def run_items(session: Session, request: Request, runs: Sequence[Run]) -> list[RunItem]:
    """The runs as they are answered, each with its address and what an admin has said of it."""
    base = str(request.url_for("get_run", run_id="-")).removesuffix("-")
    said = {
        run_id: CurationItem.model_validate(curation)
        for run_id, curation in curations_of(session, [run.run_id for run in runs]).items()
    }
    return [
        RunItem.model_validate(run).model_copy(
            update={"url": f"{base}{run.run_id}", "curation": said.get(run.run_id)}
        )
        for run in runs
    ]
