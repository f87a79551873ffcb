"""The token in a request's Authorization header."""

from __future__ import annotations

import base64
from typing import NamedTuple

from .tokens import PREFIX


class Presented(NamedTuple):
    """What was presented as a token; `typed`: by someone whom a browser asked, and can ask again."""

    text: str
    typed: bool


def presented_token(authorization: str | None, reads: bool) -> Presented | None:
    """What is presented as a token, whatever its form; None where nothing is.

    `Bearer` from programs. A browser that asks its user sends `Basic` with the token as the password: that
    counts for reading alone (`reads`), because a browser adds it to other sites' requests too. Other
    passwords are a proxy's business.
    """
    scheme, _, value = (authorization or "").strip().partition(" ")
    if scheme.lower() == "bearer":
        return Presented(value.strip(), typed=False)
    if scheme.lower() == "basic" and reads:
        password = _password(value.strip())
        return Presented(password, typed=True) if password.startswith(f"{PREFIX}_") else None
    return None


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2].strip()
    except ValueError:  # no base64, not even ASCII, or no text in it
        return ""
