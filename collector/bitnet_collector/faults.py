"""From any exception to its problem document: the one place that knows both."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, Response
from starlette.routing import Match

from bitnet_report import NotAReportError, NotJsonError, UnsupportedSchemaError

from .curation import UncuratableError
from .database import Failure, cause_of, failure_of
from .negotiation import PAGE_VARY, choose_media_type
from .problems import MEDIA_TYPE, Kind, ProblemError, problem_response
from .render.problem_html import problem_html
from .routes.given import page_frame
from .storing import ConflictError, DeletedError
from .watching import note

_LOG = logging.getLogger(__name__)


def answer_faults(app: FastAPI) -> None:
    """Have every exception of the app answered with a problem document."""
    for kind, problem in _PROBLEMS.items():
        app.add_exception_handler(kind, _answering(problem))


def _answering(problem: Callable[[Request, Any], ProblemError]) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        found = problem(request, error)
        note(request.scope, problem=found.kind.slug)
        request_id = getattr(request.state, "request_id", None)
        return _page(request, found, request_id) or problem_response(found, request_id)

    return answer


def _page(request: Request, problem: ProblemError, request_id: str | None) -> Response | None:
    """The problem as a page for a browser; None for a program, or where no page was asked for."""
    offers = (MEDIA_TYPE, "application/json", "text/html")
    if request.method != "GET" or problem.kind is Kind.INTERNAL:  # what failed may be the page itself
        return None
    if choose_media_type(request.headers.get("accept", ""), offers) != "text/html":
        return None
    lang = request.query_params.get("lang")
    frame = page_frame(request, "zh" if lang == "zh" else "en" if lang == "en" else None)
    page = problem_html(problem.document, problem.kind.slug, request_id, request.app.state.clock(), frame)
    headers = {"Cache-Control": "no-store", "Vary": PAGE_VARY, **problem.headers}
    return HTMLResponse(page, problem.kind.status, headers=headers)


def _conflict(_request: Request, error: ConflictError) -> ProblemError:
    remedy = "a run that was measured anew needs a run_id of its own"
    return ProblemError(Kind.CONFLICT, str(error), remedy, field="run_id")


def _deleted(_request: Request, error: DeletedError) -> ProblemError:
    return ProblemError(Kind.DELETED, str(error), "an admin may store it again; anyone may measure anew")


def _uncuratable(_request: Request, error: UncuratableError) -> ProblemError:
    remedy = 'change that first, or send "baseline": false with it'
    return ProblemError(Kind.UNCURATABLE, str(error), remedy, field="baseline")


def _not_json(_request: Request, error: NotJsonError) -> ProblemError:
    return ProblemError(Kind.NOT_JSON, str(error), "send the report's file as it was written")


def _unsupported(_request: Request, error: UnsupportedSchemaError) -> ProblemError:
    return ProblemError(Kind.UNSUPPORTED_SCHEMA, str(error), "update the collector", field=error.field)


def _not_a_report(_request: Request, error: NotAReportError) -> ProblemError:
    remedy = "send a report as bitnet-agent writes it; /docs shows every field"
    return ProblemError(Kind.NOT_A_REPORT, str(error), remedy, field=error.field)


def _parameter(_request: Request, error: RequestValidationError) -> ProblemError:
    first = error.errors()[0]
    name = str(first["loc"][-1])
    remedy = "/docs lists every parameter"
    return ProblemError(Kind.BAD_PARAMETER, f"{name[:80]}: {first['msg']}", remedy, field=name[:80])


def _http(request: Request, error: HTTPException) -> ProblemError:
    path = request.url.path[:200]
    if error.status_code == 404:
        return ProblemError(Kind.NOT_FOUND, f"there is nothing at {path}", "/docs lists every address")
    if error.status_code == 405:
        allowed = _methods(request)
        return ProblemError(
            Kind.METHOD_NOT_ALLOWED,
            f"{path} does not take {request.method[:20]}",
            f"it takes {allowed}",
            headers={"Allow": allowed},
        )
    return ProblemError(Kind.BAD_REQUEST, str(error.detail))


def _methods(request: Request) -> str:
    """The methods that this address takes: each is tried on the routes, which may stand in nested routers."""
    allowed = []
    for method in ("DELETE", "GET", "PATCH", "POST", "PUT"):
        scope = {**request.scope, "method": method}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes):
            allowed += ["GET", "HEAD"] if method == "GET" else [method]
    return ", ".join(allowed or ["GET", "HEAD"])  # below a mount (static files) no route matches


def _database(_request: Request, error: DBAPIError) -> ProblemError:
    failure = failure_of(error)
    if failure is Failure.BUSY:
        return _busy("the database is busy with other requests")
    if failure is Failure.FULL:
        detail = "the database's disk is full; nothing was stored"
        return ProblemError(Kind.STORAGE_FULL, detail, "make room on the server's disk")
    _LOG.error("the database failed", extra={"fields": {"cause": cause_of(error)}})
    if failure is Failure.WRONG:
        return _unforeseen(_request, error)
    return ProblemError(
        Kind.UNAVAILABLE,
        "the database does not answer as it should; the collector's log has what it said",
        "look at the database server, its disk and its log",
        headers={"Retry-After": "5"},
    )


def _too_many(_request: Request, _error: PoolTimeoutError) -> ProblemError:
    return _busy("too many requests are waiting for the database")


def _busy(detail: str) -> ProblemError:
    return ProblemError(
        Kind.BUSY, f"{detail}; nothing was stored", "send it again", headers={"Retry-After": "1"}
    )


def _no_text(request: Request, error: DataError) -> ProblemError:
    """PostgreSQL knows no text with a NUL in it: whatever is named so is not there."""
    if request.method != "GET":
        return _database(request, error)
    if request.path_params:
        return ProblemError(Kind.NOT_FOUND, "there is nothing at this address", "/docs lists every address")
    return ProblemError(
        Kind.BAD_PARAMETER, "a parameter holds a character that no text holds", "/docs lists every parameter"
    )


def _gone(_request: Request, _error: ClientDisconnect) -> ProblemError:
    return ProblemError(Kind.BAD_REQUEST, "the client went away before its request was complete")


def _unforeseen(_request: Request, _error: Exception) -> ProblemError:
    detail = "an error that nobody foresaw; the collector's log has it"
    return ProblemError(Kind.INTERNAL, detail, "report it, with the log")


_PROBLEMS: dict[type[Exception], Callable[[Request, Any], ProblemError]] = {
    ProblemError: lambda _request, error: error,
    ConflictError: _conflict,
    DeletedError: _deleted,
    UncuratableError: _uncuratable,
    NotJsonError: _not_json,
    UnsupportedSchemaError: _unsupported,
    NotAReportError: _not_a_report,
    RequestValidationError: _parameter,
    HTTPException: _http,
    DBAPIError: _database,
    PoolTimeoutError: _too_many,
    ClientDisconnect: _gone,
    DataError: _no_text,
    Exception: _unforeseen,
}
