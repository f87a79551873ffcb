"""`GET /members/{name}`: a member's runs of one piece of work over time."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from ..curation import curations_of
from ..cursors import Cursor
from ..member_history import MemberHistory, history_points, trend_of
from ..negotiation import PAGE_VARY
from ..problems import Kind, ProblemError, problems
from ..render.member_html import member_html
from ..runs import Wanted, list_runs
from ..standings import standings
from ..summary_table import WorkloadChoice
from ..sweep_runs import points_of, sweeps_of
from ..workloads import UnknownWorkloadError, choose_workload, workloads_of
from .acceptable import JSON_OR_PAGE, acceptable
from .contents import HTML, as_json
from .given import FrameGiven, NowGiven, SessionGiven, SettingsGiven
from .links import link_header
from .listing import after

router = APIRouter(tags=["summary"])

_PROBLEMS = problems(Kind.BAD_PARAMETER, Kind.NOT_FOUND, Kind.BUSY, Kind.UNAVAILABLE)


class HistoryQuery(BaseModel):
    """Which part of a member's history is wanted."""

    workload: Annotated[
        str | None, Query(pattern="^[0-9a-f]{12}$", description="Else the member's most telling one")
    ] = None
    limit: Annotated[int, Query(ge=1, le=1000)] = 100
    cursor: Annotated[str | None, Query(max_length=400, description="From `next` of the page before")] = None


def _given_history(
    name: str,
    request: Request,
    session: SessionGiven,
    settings: SettingsGiven,
    query: Annotated[HistoryQuery, Depends()],
) -> MemberHistory:
    own = [standing for standing in standings(session) if standing.run.member == name]
    if not own and name not in settings.members:
        raise ProblemError(Kind.NOT_FOUND, f"no member is called {name[:64]}", "GET /members lists them")
    workloads = workloads_of(own)
    chosen = _choose(name, workloads, query.workload)
    if chosen is None:
        return MemberHistory(member=name, workload=None, workloads=[], trend=None, points=[])
    wanted = Wanted(member=name, workload=chosen.workload_id, alone=True)
    runs = list_runs(session, wanted, after(query.cursor), query.limit + 1)
    said = curations_of(session, [run.run_id for run in runs])
    hidden = {run_id for run_id, curation in said.items() if curation.hidden}
    points = history_points(runs[: query.limit], hidden)
    following = None
    if len(runs) > query.limit:
        last = Cursor(points[-1].measured_at, points[-1].run_id)
        following = str(request.url.include_query_params(cursor=last.encode(), workload=chosen.workload_id))
    return MemberHistory(
        member=name,
        workload=chosen,
        workloads=workloads,
        trend=None if query.cursor else trend_of(points),
        points=points,
        sweep_points=points_of(session, name, chosen.workload_id),
        sweeps=[] if query.cursor else sweeps_of(session, name),
        next=following,
    )


def _choose(name: str, workloads: list[WorkloadChoice], workload_id: str | None) -> WorkloadChoice | None:
    try:
        return choose_workload(workloads, workload_id)
    except UnknownWorkloadError as error:
        detail, remedy = (
            f"{name} has no run of the workload {workload_id}",
            f"GET /members/{name} tells which",
        )
        raise ProblemError(Kind.NOT_FOUND, detail, remedy, field="workload") from error


HistoryGiven = Annotated[MemberHistory, Depends(_given_history)]


@router.get("/members/{name}/history.json", response_model=MemberHistory, responses=_PROBLEMS)
def get_member_history(history: HistoryGiven, response: Response) -> MemberHistory:
    """Give a member's runs of one workload, newest first; `next` (also a Link header) leads to older ones.

    Points of sweeps are left out; `sweep_points` counts them.
    """
    response.headers.update(link_header(history.next))
    return history


@router.get(
    "/members/{name}",
    response_class=Response,
    responses={
        200: {
            "description": "The member's history: JSON, or a page for a browser",
            "content": as_json("MemberHistory") | HTML,
        },
        **_PROBLEMS,
        **problems(Kind.NOT_ACCEPTABLE),
    },
)
def get_member(request: Request, history: HistoryGiven, now: NowGiven, frame: FrameGiven) -> Response:
    """Show a member's runs over time, as JSON or as a page if the client asks for HTML."""
    chosen = acceptable(request, JSON_OR_PAGE, "a member is given as application/json or text/html")
    if chosen == "application/json":
        headers = {"Vary": PAGE_VARY, **link_header(history.next)}
        return Response(history.model_dump_json(), media_type="application/json", headers=headers)
    return HTMLResponse(member_html(history, now, frame), headers={"Vary": PAGE_VARY})
