"""`GET /runs`: the runs, newest first, a page at a time, as JSON or as a page for a browser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator
from sqlmodel import Session

from ..answers import CurationItem, RunItem, RunPage
from ..curation import curations_of
from ..cursors import Cursor, read_cursor
from ..negotiation import PAGE_VARY, Language
from ..problems import Kind, ProblemError, problems
from ..render.runs_html import ListedRuns, runs_html
from ..runs import Wanted, list_runs
from ..standings import standings
from ..tables import Run
from .acceptable import JSON_OR_PAGE, acceptable
from .contents import HTML
from .given import FrameGiven, NowGiven, SessionGiven, SettingsGiven
from .links import link_header

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


class NegotiatedQuery(RunQuery):
    """The parameters of `GET /runs`, and the language where it is a page."""

    lang: Annotated[Language | None, Query()] = None


class FormQuery(NegotiatedQuery):
    """The same as a form sends them: a field that was left empty asks for nothing."""

    @model_validator(mode="before")
    @classmethod
    def _without_what_is_empty(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {key: value for key, value in given.items() if value != ""}


_PROBLEMS = problems(Kind.BAD_PARAMETER, Kind.BUSY, Kind.UNAVAILABLE)


@router.get("/runs.json", response_model=RunPage, responses=_PROBLEMS)
def get_runs_json(
    request: Request, response: Response, session: SessionGiven, query: Annotated[RunQuery, Query()]
) -> RunPage:
    """List runs, newest first; `next` (also as a Link header) leads to the page behind."""
    shown, last = _page(session, query)
    following = None if last is None else next_link(request, last)
    response.headers.update(link_header(following))
    return RunPage(runs=run_items(session, request, shown), next=following)


@router.get(
    "/runs.html",
    response_class=HTMLResponse,
    responses={200: {"description": "The runs as a page", "content": HTML}, **_PROBLEMS},
)
def get_runs_html(
    session: SessionGiven,
    settings: SettingsGiven,
    query: Annotated[FormQuery, Query()],
    now: NowGiven,
    frame: FrameGiven,
) -> HTMLResponse:
    """Show the runs as a page, newest first, with a form to filter them."""
    runs, last = _page(session, query)
    listed = ListedRuns(
        wanted=wanted(query),
        runs=runs,
        curations=curations_of(session, [run.run_id for run in runs]),
        standings=standings(session),
        members=settings.members,
        following=None if last is None else last.encode(),
        is_first=query.cursor is None,
    )
    return HTMLResponse(runs_html(listed, now, frame), headers={"Vary": PAGE_VARY})


@router.get(
    "/runs",
    response_model=RunPage,
    responses={
        200: {"description": "The runs, newest first: JSON, or a page for a browser", "content": HTML},
        **_PROBLEMS,
        **problems(Kind.NOT_ACCEPTABLE),
    },
)
def get_runs(
    *,
    request: Request,
    response: Response,
    session: SessionGiven,
    settings: SettingsGiven,
    query: Annotated[NegotiatedQuery, Query()],
    now: NowGiven,
    frame: FrameGiven,
) -> Any:
    """List runs, newest first: as JSON with a link to the page behind, or as a page if HTML is asked for."""
    chosen = acceptable(
        request,
        JSON_OR_PAGE,
        "runs are given as application/json or text/html",
        "GET /runs.csv and GET /runs.ndjson stream them",
    )
    if chosen == "text/html":
        return get_runs_html(session, settings, FormQuery(**query.model_dump()), now, frame)
    response.headers["Vary"] = PAGE_VARY
    return get_runs_json(request, response, session, query)


def _page(session: Session, query: RunQuery) -> tuple[Sequence[Run], Cursor | None]:
    """The runs of a page, and where it ends if there are more behind it."""
    found = list_runs(session, wanted(query), after(query.cursor), query.limit + 1)
    shown = found[: query.limit]
    more = len(found) > query.limit
    return shown, Cursor(shown[-1].measured_at, shown[-1].run_id) if more else None


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
