"""`GET /sweeps/{sweep_id}`: a grid of runs, and how their figures go along each axis."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import HTMLResponse

from ..negotiation import PAGE_VARY
from ..problems import Kind, ProblemError, problems
from ..render.sweep_html import sweep_html
from ..sweep_runs import sweep_runs
from ..sweeps import SweepTable, sweep_table
from .acceptable import JSON_OR_PAGE, acceptable
from .contents import HTML, as_json
from .given import FrameGiven, NowGiven, SessionGiven

router = APIRouter(tags=["summary"])

_PROBLEMS = problems(Kind.BAD_PARAMETER, Kind.NOT_FOUND, Kind.BUSY, Kind.UNAVAILABLE)
_SweepId = Annotated[str, Path(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


def _given_sweep(session: SessionGiven, sweep_id: _SweepId) -> SweepTable:
    runs = sweep_runs(session, sweep_id)
    if not runs:
        raise ProblemError(Kind.NOT_FOUND, f"no run is of the sweep {sweep_id}", "GET /runs lists the runs")
    return sweep_table(runs)


@router.get(
    "/sweeps/{sweep_id}",
    response_class=Response,
    responses={
        200: {
            "description": "The sweep: JSON, or a page for a browser",
            "content": as_json("SweepTable") | HTML,
        },
        **_PROBLEMS,
        **problems(Kind.NOT_ACCEPTABLE),
    },
)
def get_sweep(
    request: Request, table: Annotated[SweepTable, Depends(_given_sweep)], now: NowGiven, frame: FrameGiven
) -> Response:
    """Show every point of a sweep, as JSON or as a page if the client asks for HTML."""
    chosen = acceptable(request, JSON_OR_PAGE, "a sweep is given as application/json or text/html")
    if chosen == "application/json":
        return Response(table.model_dump_json(), media_type="application/json", headers={"Vary": PAGE_VARY})
    return HTMLResponse(sweep_html(table, now, frame), headers={"Vary": PAGE_VARY})
