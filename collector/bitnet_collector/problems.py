"""Errors as RFC 9457 problem documents: one table of kinds, one exception, one response."""

from __future__ import annotations

from enum import Enum
from typing import Any

from pydantic import BaseModel
from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"


class Kind(Enum):
    """Each kind of problem: its name in the type URN, its HTTP status, its title.

    429 and 503 may be tried again after `Retry-After`, and 408 over a quicker line; all others fail again
    in the same way.
    """

    BAD_REQUEST = ("bad-request", 400, "The request cannot be understood")
    BAD_PARAMETER = ("bad-parameter", 400, "A query parameter cannot be understood")
    BAD_ENCODING = ("bad-encoding", 400, "The body is not encoded as its header says")
    NOT_JSON = ("not-json", 400, "The body is not JSON")
    TOKEN_NEEDED = ("token-needed", 401, "A token is needed")
    BAD_TOKEN = ("bad-token", 401, "The token is not valid")
    FORBIDDEN = ("forbidden", 403, "The token does not allow this")
    LOOPBACK_ONLY = ("loopback-only", 403, "Only this machine is answered")
    CROSS_SITE = ("cross-site", 403, "Pages of other sites may not send this")
    NOT_FOUND = ("not-found", 404, "There is nothing here")
    METHOD_NOT_ALLOWED = ("method-not-allowed", 405, "This address does not take this method")
    NOT_ACCEPTABLE = ("not-acceptable", 406, "None of the accepted media types can be given")
    TOO_SLOW = ("too-slow", 408, "The request came too slowly")
    CONFLICT = ("report-conflict", 409, "Another report has this run_id")
    UNCURATABLE = ("uncuratable", 409, "The run cannot be marked so")
    DELETED = ("deleted", 410, "The run was deleted")
    TOO_LARGE = ("too-large", 413, "The body is too large")
    UNSUPPORTED_MEDIA = ("unsupported-media-type", 415, "The body is of a kind that is not taken")
    UNKNOWN_HOST = ("unknown-host", 421, "The collector does not answer under this name")
    NOT_A_REPORT = ("not-a-report", 422, "The document is not a report")
    NOT_A_CHANGE = ("not-a-change", 422, "The document is no change to a run")
    UNSUPPORTED_SCHEMA = ("unsupported-schema", 422, "The report's schema is newer than this collector")
    UNREADABLE = ("stored-report-unreadable", 422, "A stored report cannot be read by this version")
    RATE_LIMITED = ("rate-limited", 429, "Too many requests")
    INTERNAL = ("internal", 500, "The collector failed")
    BUSY = ("busy", 503, "The database is busy")
    UNAVAILABLE = ("unavailable", 503, "The database does not answer")
    STORAGE_FULL = ("storage-full", 507, "The disk is full")

    def __init__(self, slug: str, status: int, title: str) -> None:
        """Spread the tuple over names."""
        self.slug = slug
        self.urn = f"urn:bitnet-profiler:problem:{slug}"
        self.status = status
        self.title = title


class Problem(BaseModel):
    """A problem document.

    `field` is the report's field or the query parameter that is at fault, `instance` this very request: it
    ends in the id under which the collector's log tells of it.
    """

    type: str
    title: str
    status: int
    detail: str
    remedy: str | None = None
    field: str | None = None
    instance: str | None = None


class ProblemError(Exception):
    """A request that ends in a problem document."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        remedy: str | None = None,
        *,
        field: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """State what happened (`detail`, one sentence) and what to do about it (`remedy`)."""
        super().__init__(detail)
        self.kind = kind
        self.document = Problem(
            type=kind.urn, title=kind.title, status=kind.status, detail=detail, remedy=remedy, field=field
        )
        self.headers = headers or {}


def problem_response(error: ProblemError, request_id: str | None = None) -> JSONResponse:
    """The document of `error` as a response to the request of this id."""
    document, headers = error.document, {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if request_id is not None:
        document = document.model_copy(update={"instance": f"urn:bitnet-profiler:request:{request_id}"})
        headers["X-Request-ID"] = request_id
    return JSONResponse(
        document.model_dump(exclude_none=True),
        document.status,
        headers={**headers, **error.headers},
        media_type=MEDIA_TYPE,
    )


def problems(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """What a route declares in OpenAPI of its problems, pages for browsers; any can end in `INTERNAL`."""
    declared: dict[int | str, dict[str, Any]] = {}
    for kind in (*kinds, Kind.INTERNAL):
        entry = declared.setdefault(
            kind.status,
            {
                "description": "",
                "content": {
                    MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}},
                    "text/html": {"schema": {"type": "string"}},
                },
            },
        )
        entry["description"] = "; ".join(filter(None, (entry["description"], f"{kind.title} (`{kind.urn}`)")))
    return declared
