"""The collector: does it answer, does it read this agent's reports, does it take the member's token?"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from bitnet_report import SCHEMA_VERSION

from ..delivery.collector import ask_health
from .finding import Finding, found
from .later import Later
from .wish import Wish

_PATIENCE_S = 2.5


@dataclass(frozen=True)
class Health:
    """What the collector's /health answered, without a token and with it (None where there is none)."""

    status: int
    body: dict[str, Any]
    status_with_token: int | None = None


def ask_collector(collector: str) -> Health:
    """Ask once, and where BITNET_TOKEN is set once more with it.

    Raises:
        httpx.HTTPError: it cannot be reached (or another error of the client's: see `look_at_collector`).
    """
    answer = ask_health(collector, timeout_s=_PATIENCE_S)
    token = os.environ.get("BITNET_TOKEN")
    with_token = ask_health(collector, timeout_s=_PATIENCE_S, token=token).status_code if token else None
    try:
        body = json.loads(answer.content)
    except (ValueError, RecursionError):
        body = {}
    return Health(answer.status_code, body if isinstance(body, dict) else {}, with_token)


def look_at_collector(wish: Wish, asked: Later[Health] | None, deadline: float) -> Iterator[Finding]:
    """Judge the collector's answer."""
    health = None
    if wish.collector is None or asked is None:
        yield found("collector-none")
    else:
        if wish.member is None:
            yield found("member-missing")
        try:
            health = asked.answer(deadline)
        except (httpx.HTTPError, httpx.InvalidURL, ImportError, ValueError):
            health = None
        yield _judge(wish.collector, health)
    yield _token(health)


def _judge(collector: str, health: Health | None) -> Finding:
    if health is None:
        return found("collector-unreachable", collector=collector)
    versions = health.body.get("schema_versions")
    if health.status != httpx.codes.OK or not isinstance(versions, list):
        return found("collector-stranger", collector=collector)
    version = str(health.body.get("version", "?"))
    if SCHEMA_VERSION not in versions:
        return found("collector-old", collector=collector, version=version, schema=SCHEMA_VERSION)
    return found("collector-ready", collector=collector, version=version)


def _token(health: Health | None) -> Finding:
    if not os.environ.get("BITNET_TOKEN"):
        return found("token-not-needed")
    if health is None or health.status_with_token is None:
        return found("token-not-tried")
    if health.status_with_token in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return found("token-refused", status=health.status_with_token)
    return found("token-not-asked")
