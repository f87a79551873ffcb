"""Before anything is sent: does the collector answer, and what may the holder of this token do there?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from .connection import UNREACHABLE, exchange, reason
from .token import Token

Standing = Literal[
    "valid", "open", "unchecked", "required", "invalid", "of-another", "may-not-submit", "untold",
]  # fmt: skip
"""What a collector holds of a token: see `stand_of`."""


@dataclass(frozen=True)
class Identity:
    """What `/whoami` answered."""

    status: int
    document: dict[str, Any]


def reach_collector(collector: str) -> str | None:
    """Ask the collector whether it is alive; None if so, else one sentence on what is wrong."""
    try:
        answer = exchange("GET", collector, "/health", None, silence_s=5.0)
    except UNREACHABLE as error:
        return f"the collector {collector} cannot be reached now ({reason(error)})"
    if answer.status != 200:
        return f"{collector} answers {answer.status} where a bitnet-collector tells its health"
    return None


def ask_whoami(collector: str, token: Token | None, *, silence_s: float = 5.0) -> Identity:
    """Ask the collector who it takes us for; raises what `exchange` raises."""
    answer = exchange("GET", collector, "/whoami", token, silence_s=silence_s)
    return Identity(answer.status, answer.document)


def stand_of(identity: Identity, token: Token | None, member: str | None) -> Standing:
    """What the answer means for a report of `member` (None: not yet said).

    `valid`: the token may submit it. `open`: no token was given and none is needed. `unchecked`: one was
    given, and the collector does not look at tokens. `required`: none was given and one is needed. `invalid`:
    the token is unknown there, or revoked. `of-another`: it is another member's. `untold`: no clear answer.
    """
    role, allowed = identity.document.get("role"), identity.document.get("may")
    if identity.status in (401, 403):
        return "required" if token is None else "invalid"
    if identity.status not in (200, 404):
        return "untold"
    if identity.status == 404 or role is None:  # a collector older than tokens
        return "open" if token is None else "unchecked"
    if not isinstance(allowed, list) or "submit" not in allowed:
        return "required" if token is None else "may-not-submit"
    if role == "member" and member not in (None, identity.document.get("member")):
        return "of-another"
    return "valid" if role != "anonymous" else "open" if token is None else "unchecked"
