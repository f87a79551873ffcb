"""`GET /summary`: the merged table in every format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from ..curation import baseline_run
from ..negotiation import PAGE_VARY
from ..problems import Kind, ProblemError, problems
from ..render.summary_csv import summary_csv
from ..render.summary_html import summary_html
from ..render.summary_md import summary_md
from ..render.summary_txt import summary_txt
from ..standings import picked_runs, standings
from ..summary import Picked, summarize_runs
from ..summary_table import Show, SummaryTable
from ..texts import Texts
from ..workloads import UnknownWorkloadError, choose_workload, workloads_of
from .acceptable import acceptable
from .contents import as_json, as_text
from .given import FrameGiven, NowGiven, SessionGiven, SettingsGiven

router = APIRouter(tags=["summary"])

_PROBLEMS = problems(Kind.BAD_PARAMETER, Kind.NOT_FOUND, Kind.BUSY, Kind.UNAVAILABLE)


def _given_table(
    session: SessionGiven,
    settings: SettingsGiven,
    now: NowGiven,
    workload: Annotated[
        str | None, Query(pattern="^[0-9a-f]{12}$", description="Else the most telling one")
    ] = None,
    show: Annotated[
        Show, Query(description="Of each member: the latest run, the best, or the medians of the latest five")
    ] = "latest",
) -> SummaryTable:
    found = standings(session)
    try:
        chosen = choose_workload(workloads_of(found), workload)
        picked = Picked(show)
        if chosen:
            runs, baseline = (
                picked_runs(session, chosen.workload_id, show),
                baseline_run(session, chosen.workload_id),
            )
            picked = Picked(show, runs, baseline)
        return summarize_runs(found, settings.members, now, workload, picked)
    except UnknownWorkloadError as error:
        raise ProblemError(
            Kind.NOT_FOUND,
            f"no run is of the workload {workload}",
            "GET /workloads lists them",
            field="workload",
        ) from error


TableGiven = Annotated[SummaryTable, Depends(_given_table)]


def _text(media_type: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "The table", "content": as_text(media_type)}, **_PROBLEMS}


@router.get("/summary.json", response_model=SummaryTable, responses=_PROBLEMS)
def get_summary_json(table: TableGiven) -> SummaryTable:
    """Give the whole table with full precision."""
    return table


@router.get("/summary.csv", response_class=Response, responses=_text("text/csv"))
def get_summary_csv(table: TableGiven) -> Response:
    """Give the table for a spreadsheet; text that it would compute has a `'` in front."""
    return Response(summary_csv(table), media_type="text/csv; charset=utf-8; header=present")


@router.get("/summary.md", response_class=Response, responses=_text("text/markdown"))
def get_summary_md(table: TableGiven) -> Response:
    """Give the brief's own table, ready to paste."""
    return Response(summary_md(table), media_type="text/markdown; charset=utf-8")


@router.get("/summary.txt", response_class=PlainTextResponse, responses=_text("text/plain"))
def get_summary_txt(table: TableGiven, frame: FrameGiven) -> PlainTextResponse:
    """Give the table for a terminal."""
    return PlainTextResponse(summary_txt(table, Texts(frame.language)), headers={"Vary": PAGE_VARY})


@router.get("/summary.html", response_class=HTMLResponse, responses=_text("text/html"))
def get_summary_html(table: TableGiven, frame: FrameGiven) -> HTMLResponse:
    """Show the table as a page."""
    return HTMLResponse(summary_html(table, frame), headers={"Vary": PAGE_VARY})


@router.get(
    "/summary",
    response_class=Response,
    responses={
        200: {
            "description": "The table, as the client accepts it; text where it takes anything",
            "content": as_text("text/plain", "text/html", "text/csv", "text/markdown")
            | as_json("SummaryTable"),
        },
        **_PROBLEMS,
        **problems(Kind.NOT_ACCEPTABLE),
    },
)
def get_summary(request: Request, table: TableGiven, frame: FrameGiven) -> Response:
    """Give the table: a page for a browser, JSON where asked, and text to curl."""
    formats: dict[str, Callable[[], Response]] = {
        "text/plain": lambda: get_summary_txt(table, frame),
        "text/html": lambda: get_summary_html(table, frame),
        "application/json": lambda: Response(table.model_dump_json(), media_type="application/json"),
        "text/csv": lambda: get_summary_csv(table),
        "text/markdown": lambda: get_summary_md(table),
    }
    chosen = acceptable(request, tuple(formats), f"the summary is given as {', '.join(formats)}")
    response = formats[chosen]()
    response.headers["Vary"] = PAGE_VARY
    return response
