"""The token in a request's Authorization header."""

from __future__ import annotations

import base64
import binascii

from .tokens import PREFIX


def presented_token(authorization: str | None, reads: bool) -> str | None:
    """What is presented as a token, whatever its form; None where nothing is.

    `Bearer` from programs. A browser that asks its user sends `Basic` with the token as the password: that
    counts for reading alone (`reads`), because a browser adds it to other sites' requests too. Other
    passwords are a proxy's business.
    """
    scheme, _, value = (authorization or "").strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic" and reads:
        password = _password(value.strip())
        return password if password.startswith(f"{PREFIX}_") else None
    return None


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
