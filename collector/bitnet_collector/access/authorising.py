"""The dependency of every route: find out who asks, and let them through if the route's decision says so."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import Depends, Request

from ..problems import Kind, ProblemError
from ..settings import Settings
from .callers import Caller, Right, anonymous, token_holder
from .credentials import Presented, presented_token
from .decisions import Decision, decision_on
from .lookups import Lookups
from .places import Place, is_loopback, network_of, place_of
from .rates import RateLimiter
from .same_site import is_cross_site
from .tokens import is_secret_of, read_token

_ASK_READER = 'Basic realm="bitnet-collector: any name, and the token as the password", charset="UTF-8"'
"""Has a browser ask its user; alone, as Chromium takes a header for one challenge."""


class Gate:
    """What is known across requests: the settings, each client's rate, and whether a token was ever made."""

    def __init__(self, settings: Settings) -> None:
        """Start with no client known."""
        self.settings = settings
        self.rates = RateLimiter(settings.rate_limit)
        self._tokens_made = False

    async def tokens_made(self, lookups: Lookups) -> bool:
        """Whether a token was ever made; tokens are never taken out, so a yes need not be asked again."""
        if not self._tokens_made:
            self._tokens_made = await lookups.were_tokens_made()
        return self._tokens_made


async def authorise(request: Request) -> None:
    """Let the request through to its route, or end it.

    Raises:
        ProblemError: 401 a token is needed or not valid, 403 it does not allow this, 429 too often.
    """
    decision = decision_on(request.method, request.scope["route"].path)
    if decision is Decision.NOTHING:
        return
    reads = request.method == "GET"  # HEAD comes as GET
    if not reads and is_cross_site(request.headers):
        raise ProblemError(
            Kind.CROSS_SITE,
            "a browser sent this for a page of another site",
            "send it from a program, or from a page of this collector",
        )
    caller = await _identify(request, decision, reads)
    request.state.caller = caller
    if isinstance(decision.value, Right) and decision.value not in caller.may:
        raise _refusal(request, caller, decision.value)


async def _given_caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


CallerGiven = Annotated[Caller, Depends(_given_caller)]


async def _identify(request: Request, decision: Decision, reads: bool) -> Caller:
    gate: Gate = request.app.state.gate
    lookups: Lookups = request.app.state.lookups
    settings = gate.settings
    host = request.client.host if request.client else None
    place = place_of(host, request.headers.keys(), bool(settings.trusted_proxies))
    token = presented_token(request.headers.get("authorization"), reads)
    if token is not None:
        return await _holder(gate, lookups, place, token)
    _take_turn(gate, place)
    trusted = place.local or settings.open or (place.direct and is_loopback(settings.published))
    if decision is Decision.READ and trusted and settings.read == "open":  # with tokens or without
        return Caller("anonymous", (Right.READ,))
    made = await gate.tokens_made(lookups)
    caller = anonymous(tokens_made=made, trusted_place=trusted, reading=settings.read)
    if caller is None:
        raise _stranger(place)
    return caller


async def _holder(gate: Gate, lookups: Lookups, place: Place, token: Presented) -> Caller:
    parts = read_token(token.text)
    if parts is not None:
        kept = await lookups.find(parts.token_id)
        if kept is not None and is_secret_of(parts.secret, kept.sha256) and kept.revoked_at is None:
            _wait(gate.rates.wait_s(f"token {kept.token_id}"))
            return token_holder(kept.member, kept.admin, kept.token_id)
    _take_turn(gate, place)
    raise ProblemError(
        Kind.BAD_TOKEN,
        "the token is not valid: mistyped, revoked, or made for another collector",
        "ask whoever runs the collector for a new one (bitnet-collector token create)",
        headers={"WWW-Authenticate": _ASK_READER if token.typed else 'Bearer error="invalid_token"'},
    )


def _take_turn(gate: Gate, place: Place) -> None:
    if not place.local:  # whoever is on this machine needs no request to keep it busy
        _wait(gate.rates.wait_s(f"address {network_of(place.address)}"))


def _wait(seconds: float) -> None:
    if seconds:
        raise ProblemError(
            Kind.RATE_LIMITED,
            "too many requests in the last minute",
            "wait as Retry-After says",
            headers={"Retry-After": str(math.ceil(seconds))},
        )


def _stranger(place: Place) -> ProblemError:
    came = "comes from another machine" if place.direct else "came through a proxy"
    return ProblemError(
        Kind.LOOPBACK_ONLY,
        f"no token was made yet, so only this machine is answered, and the request {came}",
        "on the collector's machine, make a token (bitnet-collector token create NAME), or serve with --open",
    )


def _refusal(request: Request, caller: Caller, right: Right) -> ProblemError:
    doing = {Right.READ: "reading", Right.SUBMIT: "submitting", Right.MANAGE: "changing stored runs"}[right]
    if caller.role != "anonymous":
        return ProblemError(
            Kind.FORBIDDEN, f"this token does not allow {doing}", "that takes a token made with --admin"
        )
    reader = right is Right.READ and "text/html" in request.headers.get("accept", "")
    kind = "an admin token" if right is Right.MANAGE else "a token"
    return ProblemError(
        Kind.TOKEN_NEEDED,
        f"{doing} takes {kind}, and the request brought none",
        "ask whoever runs the collector for one; send it as Authorization: Bearer (the agent: BITNET_TOKEN)",
        headers={"WWW-Authenticate": _ASK_READER if reader else "Bearer"},
    )
