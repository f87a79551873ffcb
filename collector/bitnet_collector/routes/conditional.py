"""Knowing that nothing changed before anything is read, by the version of the store."""

from __future__ import annotations

from fastapi import Request, Response

from bitnet_report import __version__

from ..database.version import store_version
from ..entity_tags import REVALIDATE, matches, weak_tag
from .given import DatabaseGiven, NowGiven, SettingsGiven

_VARYING = ("accept", "accept-language", "cookie", "authorization", "host")
"""Request headers on which a page can hang: format, language, reader, addresses."""


class UnchangedError(Exception):
    """The client has this already."""

    def __init__(self, tag: str) -> None:
        """Keep the tag that it has."""
        super().__init__(tag)
        self.tag = tag


def unchanged(request: Request, database: DatabaseGiven, settings: SettingsGiven, now: NowGiven) -> None:
    """Give the response a weak tag, and end here if the client names it.

    The version is read in a transaction of its own, before the content: a report that comes in between gives
    new content an old tag, which the next question finds outdated. Ages ("3 minutes ago") hang on the time:
    the tag of what shows them holds the minute, and no page is more than a minute behind.

    Raises:
        UnchangedError: answered with 304.
    """
    with database.reading() as session:
        version = store_version(session)
    tag = weak_tag(
        version,
        __version__,
        now.strftime("%Y-%m-%dT%H:%M") if _shows_ages(request) else "",
        str(request.url),
        *(request.headers.get(name, "") for name in _VARYING),
        *settings.members,
    )
    request.state.etag = tag
    asked = request.headers.get("if-none-match")
    if asked is not None and asked.strip() != "*" and matches(asked, tag):
        raise UnchangedError(tag)


def _shows_ages(request: Request) -> bool:
    """Only lists of runs as data do not; whoever takes HTML may get a page."""
    return not request.url.path.startswith("/runs") or "html" in (
        request.url.path + request.headers.get("accept", "")
    )


def not_modified(_request: Request, error: Exception) -> Response:
    """The answer to `UnchangedError`."""
    assert isinstance(error, UnchangedError)  # noqa: S101  (registered for it alone)
    headers = {"ETag": error.tag, "Cache-Control": REVALIDATE, "Vary": "Accept, Accept-Language, Cookie"}
    return Response(status_code=304, headers=headers)
