"""The Host allow-list: a foreign page whose name was pointed at this machine (DNS rebinding) gets nothing."""

from __future__ import annotations

import ipaddress
import re
import socket

from starlette.types import ASGIApp, Receive, Scope, Send

from ..problems import Kind, ProblemError, problem_response
from ..watching import note
from .places import is_loopback

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?")


class AllowedHosts:
    """The names under which this collector answers.

    Always those of this machine alone (`localhost`, 127.0.0.0/8, ::1) and what `--allowed-hosts` lists
    (`*.example.org`: every name below it, `*`: all). Bound to more than loopback, also every IP address (a
    browser sends the name that it looked up, so an address cannot be rebound), the host bound to, and this
    machine's name.
    """

    def __init__(self, listed: tuple[str, ...], bound_to: str) -> None:
        """Take what `--allowed-hosts` and `--host` say."""
        self._names = {name.lower().rstrip(".") for name in listed if not name.startswith("*")}
        self._endings = tuple(name[1:].lower() for name in listed if name.startswith("*."))
        self._all = "*" in listed
        self._addresses = not is_loopback(bound_to)
        if self._addresses:
            self._names |= {bound_to.lower(), socket.gethostname().lower()}

    def __contains__(self, header: object) -> bool:
        """Whether a Host header's value may be answered."""
        found = _HOST.fullmatch(header) if isinstance(header, str) else None
        if found is None:
            return False
        name = found[1].lower().strip("[]").rstrip(".")
        if self._all or name in self._names or name.endswith((".localhost", *self._endings)):
            return True
        return is_loopback(name) or (self._addresses and _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class HostGuard:
    """Answers requests under foreign names with 421."""

    def __init__(self, app: ASGIApp, allowed: AllowedHosts) -> None:
        """Wrap `app`."""
        self._app = app
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
            if len(hosts) != 1 or hosts[0] not in self._allowed:
                note(scope, problem=Kind.UNKNOWN_HOST.slug)
                known = scope.get("state", {}).get("request_id")
                await problem_response(_unknown(hosts[0] if hosts else ""), known)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _unknown(host: str) -> ProblemError:
    detail = f"this collector does not answer under the name {host[:100]!r}"
    return ProblemError(
        Kind.UNKNOWN_HOST, detail, "start it with --allowed-hosts and that name, if it is its own"
    )
