"""`GET /runs/{id}`: the report as it was sent, or as a page."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from bitnet_report import Report, ReportError, operators_csv, read_report

from ..curation import curation_of
from ..negotiation import PAGE_VARY
from ..problems import Kind, ProblemError, problems
from ..render.run.shown import Neighbours, ShownRun
from ..render.run_html import run_html
from ..render.stages_csv import stages_csv
from ..render.unreadable_html import unreadable_html
from ..runs import Wanted, list_runs, raw_report, refuse_deleted, run_before, run_of
from ..standings import standings
from ..summary import fastest_run
from ..tables import RawReport, Run
from .acceptable import JSON_OR_PAGE, acceptable
from .contents import HTML, as_json, as_text
from .given import FrameGiven, NowGiven, SessionGiven

router = APIRouter(tags=["runs"])

_OWN_PICKABLE = 10
"""How many of a member's latest runs can be picked to compare a run with, beside everyone's latest."""

_JSON = as_json("SubmittedReport")
_PROBLEMS = problems(Kind.NOT_FOUND, Kind.DELETED, Kind.BUSY, Kind.UNAVAILABLE)


@router.get(
    "/runs/{run_id}.json",
    response_class=Response,
    responses={200: {"description": "The report, byte for byte as sent", "content": _JSON}, **_PROBLEMS},
)
def get_run_json(run_id: str, session: SessionGiven) -> Response:
    """Give the report byte for byte as it was sent."""
    return _raw(_find(session, run_id))


@router.get(
    "/runs/{run_id}.html",
    response_class=HTMLResponse,
    responses={
        200: {"description": "The run as a page", "content": HTML},
        **problems(Kind.BAD_PARAMETER, Kind.NOT_FOUND, Kind.DELETED, Kind.BUSY, Kind.UNAVAILABLE),
    },
)
def get_run_html(run_id: str, session: SessionGiven, now: NowGiven, frame: FrameGiven) -> HTMLResponse:
    """Show the run as a page."""
    raw = _find(session, run_id)
    run = run_of(session, raw.run_id)
    assert run is not None  # noqa: S101  (a foreign key says so)
    try:
        said = curation_of(session, run.run_id)
        shown = ShownRun(read_report(raw.body), run, _neighbours(session, run), now, said)
        page = run_html(shown, frame)
    except ReportError as error:
        page = unreadable_html(run, error, now, frame)
    return HTMLResponse(page, headers={"Vary": PAGE_VARY})


@router.get(
    "/runs/{run_id}/stages.csv",
    response_class=Response,
    responses={
        200: {"description": "One line a stage", "content": as_text("text/csv")},
        **problems(Kind.NOT_FOUND, Kind.DELETED, Kind.UNREADABLE, Kind.BUSY, Kind.UNAVAILABLE),
    },
)
def get_run_stages(run_id: str, session: SessionGiven) -> Response:
    """Give the run's stages for a spreadsheet; text that it would compute has a `'` in front."""
    return _csv(stages_csv(_read(session, run_id)))


@router.get(
    "/runs/{run_id}/operators.csv",
    response_class=Response,
    responses={
        200: {
            "description": "Kinds of work and layers",
            "content": as_text("text/csv"),
        },
        **problems(Kind.NOT_FOUND, Kind.DELETED, Kind.UNREADABLE, Kind.BUSY, Kind.UNAVAILABLE),
    },
)
def get_run_operators(run_id: str, session: SessionGiven) -> Response:
    """Give where the time went, by kind of work and by layer; a header alone if it was not taken apart."""
    return _csv(operators_csv(_read(session, run_id).operators))


@router.get(
    "/runs/{run_id}",
    response_class=Response,
    responses={
        200: {"description": "The report as sent, or a page for a browser", "content": {**_JSON, **HTML}},
        **problems(
            Kind.BAD_PARAMETER, Kind.NOT_FOUND, Kind.DELETED, Kind.NOT_ACCEPTABLE, Kind.BUSY, Kind.UNAVAILABLE
        ),
    },
)
def get_run(
    run_id: str, request: Request, session: SessionGiven, now: NowGiven, frame: FrameGiven
) -> Response:
    """Give the report byte for byte as JSON, or a page if the client asks for HTML."""
    chosen = acceptable(request, JSON_OR_PAGE, "a run is given as application/json or text/html")
    if chosen == "text/html":
        return get_run_html(run_id, session, now, frame)
    return _raw(_find(session, run_id))


def _neighbours(session: Session, run: Run) -> Neighbours:
    if not run.known_work or run.grade == "invalid":
        return Neighbours()
    previous = run_before(session, run)
    found = standings(session)
    fastest = fastest_run(found, run.workload_id)
    other = fastest is not None and fastest.run_id not in (run.run_id, previous and previous.run_id)
    own = list_runs(session, Wanted(member=run.member, workload=run.workload_id), None, _OWN_PICKABLE)
    latest = [standing.run for standing in found if standing.run.workload_id == run.workload_id]
    return Neighbours(previous, fastest if other else None, [*latest, *own])


def _find(session: Session, run_id: str) -> RawReport:
    raw = raw_report(session, run_id) if re.fullmatch("[0-9a-f-]{36}", run_id) else None
    if raw is None:
        refuse_deleted(session, run_id)
        raise ProblemError(Kind.NOT_FOUND, f"no run is {run_id[:80]}", "GET /runs lists them")
    return raw


def _read(session: Session, run_id: str) -> Report:
    raw = _find(session, run_id)
    try:
        return read_report(raw.body)
    except ReportError as error:
        detail = f"the stored report {run_id} cannot be read by this version: {error}"
        remedy = f"its bytes are kept: GET /runs/{run_id}.json"
        raise ProblemError(Kind.UNREADABLE, detail, remedy) from error


def _csv(text: str) -> Response:
    return Response(text, media_type="text/csv; charset=utf-8; header=present")


def _raw(raw: RawReport) -> Response:
    headers = {"Vary": PAGE_VARY, "ETag": f'"{raw.sha256}"'}
    return Response(raw.body, media_type="application/json", headers=headers)
