"""`GET /language/{language}`: the switch that sticks, a plain link that needs no script."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse

from ..negotiation import LANGUAGE_COOKIE, Language

router = APIRouter(include_in_schema=False)

_YEAR_S = 365 * 86400
_OWN_PATH = re.compile(r"/(?![/\\])[!-~]*")
"""A path on this host: a second slash would name another host, a space or control character hide one."""


@router.get("/language/{language}")
async def choose_language(
    language: Language, request: Request, to: Annotated[str, Query(max_length=2000)] = "/summary"
) -> RedirectResponse:
    """Remember the language in a cookie and lead back to the page `to`, if it is one of this host."""
    root = request.scope.get("root_path", "")
    answer = RedirectResponse(root + (to if _OWN_PATH.fullmatch(to) else "/summary"), 303)
    answer.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=_YEAR_S,
        path=root or "/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
