"""Who reported and what was run: `GET /members` and `GET /workloads`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from ..answers import MemberItem, Members, Workloads
from ..members import members_of, telling_workloads
from ..negotiation import PAGE_VARY
from ..problems import Kind, problems
from ..render.members_html import members_html
from ..standings import best_runs, standings
from ..workloads import workloads_of
from .acceptable import JSON_OR_PAGE, acceptable
from .contents import HTML
from .given import FrameGiven, NowGiven, SessionGiven, SettingsGiven

router = APIRouter(tags=["summary"])

_PAGE_PROBLEMS = problems(Kind.BAD_PARAMETER, Kind.BUSY, Kind.UNAVAILABLE)


@router.get("/members.json", response_model=Members, responses=problems(Kind.BUSY, Kind.UNAVAILABLE))
def get_members_json(session: SessionGiven, settings: SettingsGiven) -> Members:
    """List members: those configured, then others who reported."""
    return Members(
        members=[
            MemberItem(
                member=row.member,
                configured=row.configured,
                runs=row.runs,
                latest_run_id=row.latest.run_id if row.latest else None,
                latest_at=row.latest.measured_at if row.latest else None,
            )
            for row in members_of(standings(session), settings.members, {})
        ]
    )


@router.get(
    "/members.html",
    response_class=HTMLResponse,
    responses={200: {"description": "The members as a page", "content": HTML}, **_PAGE_PROBLEMS},
)
def get_members_html(
    session: SessionGiven, settings: SettingsGiven, now: NowGiven, frame: FrameGiven
) -> HTMLResponse:
    """Show every member as a page: their latest run, their best, and the way to their history."""
    found = standings(session)
    rows = members_of(found, settings.members, best_runs(session, telling_workloads(found)))
    return HTMLResponse(members_html(rows, now, frame), headers={"Vary": PAGE_VARY})


@router.get(
    "/members",
    response_model=Members,
    responses={
        200: {"description": "The members: JSON, or a page for a browser", "content": HTML},
        **_PAGE_PROBLEMS,
        **problems(Kind.NOT_ACCEPTABLE),
    },
)
def get_members(
    *,
    request: Request,
    response: Response,
    session: SessionGiven,
    settings: SettingsGiven,
    now: NowGiven,
    frame: FrameGiven,
) -> Any:
    """List members: as JSON, or as a page if the client asks for HTML."""
    chosen = acceptable(request, JSON_OR_PAGE, "members are given as application/json or text/html")
    if chosen == "text/html":
        return get_members_html(session, settings, now, frame)
    response.headers["Vary"] = PAGE_VARY
    return get_members_json(session, settings)


@router.get("/workloads", response_model=Workloads, responses=problems(Kind.BUSY, Kind.UNAVAILABLE))
def get_workloads(session: SessionGiven) -> Workloads:
    """List every workload, in the order in which the summary prefers them."""
    return Workloads(workloads=workloads_of(standings(session)))
