"""The collector: does it answer, does it read this agent's reports, is this member's token valid there?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitnet_report import SCHEMA_VERSION

from ..delivery.address import is_readable_underway
from ..delivery.connection import UNREACHABLE, exchange
from ..delivery.spool import Spool
from ..delivery.standing import Identity, Standing, ask_whoami, stand_of
from ..delivery.token import Token
from ..errors import EnvironmentFaultError
from .finding import Finding, found
from .later import Later
from .wish import Wish

_PATIENCE_S = 2.5

_CODES: dict[Standing, str] = {
    "valid": "token-valid",
    "open": "token-not-needed",
    "unchecked": "token-not-asked",
    "required": "token-required",
    "invalid": "token-invalid",
    "of-another": "token-of-another",
    "may-not-submit": "token-may-not-submit",
    "untold": "token-untold",
}


@dataclass(frozen=True)
class Service:
    """What the collector's /health and /whoami answered."""

    status: int
    health: dict[str, Any]
    identity: Identity


def ask_collector(collector: str, token: Token | None) -> Service:
    """Ask for its health and for whom it takes us.

    Raises:
        UNREACHABLE: one of these, where it cannot be reached.
    """
    health = exchange("GET", collector, "/health", None, silence_s=_PATIENCE_S)
    return Service(health.status, health.document, ask_whoami(collector, token, silence_s=_PATIENCE_S))


def look_at_collector(wish: Wish, asked: Later[Service] | None, deadline: float) -> Iterator[Finding]:
    """Judge the collector's answers."""
    if wish.collector is None or asked is None:
        yield found("collector-none")
        yield found("token-not-tried" if wish.token else "token-none")
        return
    if wish.member is None:
        yield found("member-missing")
    try:
        service = asked.answer(deadline)
    except UNREACHABLE:
        service = None
    judged = _judge(wish.collector, service)
    yield judged
    if service is None or judged.code != "collector-ready":
        yield found("token-not-tried" if wish.token else "token-none")
    else:
        standing = stand_of(service.identity, wish.token, wish.member)
        yield token_finding(standing, service.identity, wish.collector, wish.member)
    yield from _exposed(wish.token, wish.collector)


def look_at_spool(wish: Wish, place: Path) -> Iterator[Finding]:
    """See that a report can be kept until the collector has it, and what waits there already."""
    if wish.collector is None:
        return
    try:
        spool = Spool(place)
        waiting, refused = len(spool.waiting()), len(spool.refused())
    except EnvironmentFaultError as error:
        yield found("spool-unusable", reason=error.message)
        return
    if waiting:
        yield found("spool-waiting", n=waiting)
    if refused:
        yield found("spool-refused", n=refused, path=str(spool.refused_folder))
    if not waiting and not refused:
        yield found("spool-empty")


def token_finding(standing: Standing, identity: Identity, collector: str, member: str | None) -> Finding:
    """What doctor, and a run before it begins, say of a token that has this standing."""
    owner = identity.document.get("member") or identity.document.get("role") or "?"
    return found(
        _CODES[standing],
        collector=collector,
        status=identity.status,
        owner=str(owner)[:64],
        member=member or "?",
    )


def _judge(collector: str, service: Service | None) -> Finding:
    if service is None:
        return found("collector-unreachable", collector=collector)
    versions = service.health.get("schema_versions")
    if service.status != 200 or not isinstance(versions, list):
        return found("collector-stranger", collector=collector)
    version = str(service.health.get("version", "?"))
    if SCHEMA_VERSION not in versions:
        return found("collector-old", collector=collector, version=version, schema=SCHEMA_VERSION)
    return found("collector-ready", collector=collector, version=version)


def _exposed(token: Token | None, collector: str) -> Iterator[Finding]:
    if token is None:
        return
    if token.open_file is not None:
        yield found("token-file-open", path=str(token.open_file))
    if is_readable_underway(collector):
        yield found("token-in-clear", collector=collector)
