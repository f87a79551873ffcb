"""What holds for every response: HEAD answers as GET without a body, validators and 304, security headers."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .entity_tags import REVALIDATE, matches, not_modified_start, strong_tag

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Scripts and styles from this collector's files alone; nothing from another host, no framing."""


class HeadAsGet:
    """Run the GET route for HEAD and keep its headers alone."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET", "asked_method": "HEAD"}, receive, send_head)


class Validators:
    """Tag what is readable, and answer 304 without a body where the client has it already.

    The tag is the route's own, the store's (`conditional`), or the SHA-256 of a body in one part.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope).get("if-none-match")
        held: Message | None = None
        unchanged = False

        async def send_tagged(message: Message) -> None:
            nonlocal held, unchanged
            if message["type"] == "http.response.start" and message["status"] == 200:
                held = message  # the tag may hang on the body
                return
            if held is not None:
                start, held = held, None
                unchanged = _tag(start, scope, message) and matches(
                    asked, MutableHeaders(scope=start)["ETag"]
                )
                await send(not_modified_start(start) if unchanged else start)
                if unchanged:
                    await send({"type": "http.response.body", "body": b""})
            if not unchanged:
                await send(message)

        await self._app(scope, receive, send_tagged)


def _tag(start: Message, scope: Scope, first: Message) -> bool:
    """Give the response its tag; tell whether it has one."""
    headers = MutableHeaders(scope=start)
    if headers.get("Cache-Control") == "no-store":
        return False
    headers.setdefault("Cache-Control", REVALIDATE)
    if "ETag" not in headers:
        tag = scope.get("state", {}).get("etag")
        if tag is None and not first.get("more_body", False):
            tag = strong_tag(first.get("body", b""))
        if tag is not None:
            headers["ETag"] = tag
    return "ETag" in headers


class SecurityHeaders:
    """Add the headers that keep a browser from doing more than showing the page."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a policy that the route has set itself stays."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["X-Frame-Options"] = "DENY"
                headers.setdefault("Content-Security-Policy", PAGE_POLICY)
            await send(message)

        await self._app(scope, receive, send_with_headers)
