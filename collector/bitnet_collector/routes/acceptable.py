"""The media type of an answer that can be given in several."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request

from ..negotiation import choose_media_type
from ..problems import Kind, ProblemError

JSON_OR_PAGE = ("application/json", "text/html")


def acceptable(request: Request, offers: Sequence[str], otherwise: str, remedy: str | None = None) -> str:
    """Pick of `offers` what the client asks for, the first where it takes anything.

    Raises:
        ProblemError: it takes none of them; `otherwise` says what there is.
    """
    chosen = choose_media_type(request.headers.get("accept", ""), offers)
    if chosen is None:
        raise ProblemError(Kind.NOT_ACCEPTABLE, otherwise, remedy)
    return chosen
