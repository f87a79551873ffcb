"""`/docs` without the internet, and the OpenAPI document with every response declared."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import fastapi_offline
from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel
from starlette.staticfiles import StaticFiles

from bitnet_report import Report, __version__

from ..access.decisions import Decision, decision_on
from ..negotiation import PAGE_VARY
from ..problems import Kind, Problem, problems
from ..render.pages import render_page
from ..sweeps import SweepTable
from .given import FrameGiven

router = APIRouter(include_in_schema=False)

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI writes style attributes and calls this server; everything else stays shut."""


@router.get("/")
async def get_root(request: Request) -> RedirectResponse:
    """Lead to the summary."""
    return RedirectResponse(f"{request.scope.get('root_path', '')}/summary", 307)


@router.get("/docs")
async def get_docs(frame: FrameGiven) -> HTMLResponse:
    """Show the API in Swagger UI."""
    page = render_page("docs.html", frame)
    return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY, "Vary": PAGE_VARY})


_NEVER_KEPT = ("/metrics",)
"""What is answered with `no-store`: it has no ETag."""
_UNCHANGED = {"description": "Nothing changed since the ETag that If-None-Match names"}


def document(app: FastAPI) -> None:
    """Serve the static files of pages and docs, and complete the OpenAPI document."""
    here = Path(__file__).parent.parent
    swagger = Path(fastapi_offline.__file__).parent / "static"
    app.mount("/static", StaticFiles(directory=here / "static"), name="static")
    app.mount("/docs-static", StaticFiles(directory=swagger), name="docs-static")
    app.openapi = partial(_openapi, app)  # type: ignore[method-assign]  # FastAPI's documented way


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema:
        return app.openapi_schema
    schema = get_openapi(title=app.title, version=__version__, description=app.description, routes=app.routes)
    for address, path in schema["paths"].items():
        for method, operation in path.items():
            _tell_who_may(operation, decision_on(method.upper(), address))
            if method == "get" and address not in _NEVER_KEPT:
                operation["responses"].setdefault("304", _UNCHANGED)
            if "HTTPValidationError" in str(operation["responses"].get("422")):
                del operation["responses"]["422"]  # bad parameters are answered with 400 here
    schema["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    schemas = schema["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for model in (Problem, Report, SweepTable):
        _add(schemas, model)
    schemas["SubmittedReport"] = {
        "title": "SubmittedReport",
        "description": "A report of this schema version, or one that the brief's original script wrote "
        "(no schema_version, with `run_id` and `member` beside its keys).",
        "anyOf": [{"$ref": "#/components/schemas/Report"}, {"type": "object", "title": "Version 0"}],
    }
    app.openapi_schema = schema
    return schema


def _add(schemas: dict[str, Any], model: type[BaseModel]) -> None:
    """Put a model that no route names to FastAPI beside the others, with the models inside it."""
    own = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(own.pop("$defs", {}))
    schemas[model.__name__] = own


def _tell_who_may(operation: dict[str, Any], decision: Decision) -> None:
    """Declare what the route's decision can end a request with, and the token that it takes or may take."""
    answers = problems(Kind.UNKNOWN_HOST)
    if decision is not Decision.NOTHING:
        refusals = [Kind.TOKEN_NEEDED, Kind.BAD_TOKEN, Kind.FORBIDDEN, Kind.LOOPBACK_ONLY]
        answers |= problems(*refusals, Kind.CROSS_SITE, Kind.RATE_LIMITED, Kind.UNKNOWN_HOST)
        needed: list[dict[str, list[str]]] = [{"token": []}]
        operation["security"] = needed if decision is Decision.MANAGE else [{}, *needed]
    for status, answer in answers.items():
        operation["responses"].setdefault(str(status), answer)
