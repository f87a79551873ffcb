"""`GET /compare`: two runs beside each other, in every format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from sqlmodel import Session

from bitnet_report import Comparison, Report, ReportError, compare, read_report

from ..negotiation import PAGE_VARY
from ..problems import Kind, ProblemError, problems
from ..render.compare_html import compare_html
from ..render.compare_txt import compare_txt
from ..runs import raw_report, run_of
from ..standings import standings
from ..tables import Run
from ..texts import Texts
from .acceptable import acceptable
from .contents import as_json, as_text
from .given import FrameGiven, NowGiven, SessionGiven

router = APIRouter(tags=["compare"])

_PROBLEMS = problems(Kind.BAD_PARAMETER, Kind.NOT_FOUND, Kind.UNREADABLE, Kind.BUSY, Kind.UNAVAILABLE)

RunIdGiven = Annotated[str, Query(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


def _given_comparison(session: SessionGiven, a: RunIdGiven, b: RunIdGiven) -> Comparison:
    return compare(_stored(session, a, "a"), _stored(session, b, "b"))


ComparisonGiven = Annotated[Comparison, Depends(_given_comparison)]


def _stored(session: Session, run_id: str, field: str) -> Report:
    raw = raw_report(session, run_id)
    if raw is None:
        raise ProblemError(Kind.NOT_FOUND, f"no run is {run_id}", "GET /runs lists them", field=field)
    try:
        return read_report(raw.body)
    except ReportError as error:
        remedy = f"its bytes are kept: GET /runs/{run_id}.json; or measure again with this version"
        detail = f"the stored report {run_id} cannot be read by this version: {error}"
        raise ProblemError(Kind.UNREADABLE, detail, remedy, field=field) from error


def _pickable(session: Session, comparison: Comparison) -> list[Run]:
    """Both runs, and everyone's latest in the work of either."""
    both = [run for side in (comparison.a, comparison.b) if (run := run_of(session, side.run_id)) is not None]
    works = {run.workload_id for run in both}
    return both + [one.run for one in standings(session) if one.run.workload_id in works]


def _text(media_type: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "The comparison", "content": as_text(media_type)}, **_PROBLEMS}


@router.get("/compare.json", response_model=Comparison, responses=_PROBLEMS)
def get_compare_json(comparison: ComparisonGiven) -> Comparison:
    """Give the comparison of run `b` against run `a` with full precision."""
    return comparison


@router.get("/compare.txt", response_class=PlainTextResponse, responses=_text("text/plain"))
def get_compare_txt(comparison: ComparisonGiven, frame: FrameGiven) -> PlainTextResponse:
    """Give the comparison for a terminal."""
    text = compare_txt(comparison, Texts(frame.language))
    return PlainTextResponse(text, headers={"Vary": PAGE_VARY})


@router.get("/compare.html", response_class=HTMLResponse, responses=_text("text/html"))
def get_compare_html(
    comparison: ComparisonGiven, session: SessionGiven, now: NowGiven, frame: FrameGiven
) -> HTMLResponse:
    """Show the comparison as a page."""
    page = compare_html(comparison, _pickable(session, comparison), now, frame)
    return HTMLResponse(page, headers={"Vary": PAGE_VARY})


@router.get(
    "/compare",
    response_class=Response,
    responses={
        200: {
            "description": "The comparison, as the client accepts it; text where it takes anything",
            "content": as_text("text/plain", "text/html") | as_json("Comparison"),
        },
        **_PROBLEMS,
        **problems(Kind.NOT_ACCEPTABLE),
    },
)
def get_compare(
    request: Request, comparison: ComparisonGiven, session: SessionGiven, now: NowGiven, frame: FrameGiven
) -> Response:
    """Hold run `b` against run `a`: a page for a browser, JSON where asked, and text to curl."""
    formats: dict[str, Callable[[], Response]] = {
        "text/plain": lambda: get_compare_txt(comparison, frame),
        "text/html": lambda: get_compare_html(comparison, session, now, frame),
        "application/json": lambda: Response(comparison.model_dump_json(), media_type="application/json"),
    }
    chosen = acceptable(request, tuple(formats), f"a comparison is given as {', '.join(formats)}")
    response = formats[chosen]()
    response.headers["Vary"] = PAGE_VARY
    return response
