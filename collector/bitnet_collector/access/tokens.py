"""What a token looks like, and what of it is kept: a public id and the SHA-256 of a random secret."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import NamedTuple

PREFIX = "bnt"
"""In front of every token, so that a scanner for leaked secrets (and a reader) knows what it is."""

_SECRET_BYTES = 32
_FORM = re.compile(rf"{PREFIX}_([0-9a-f]{{12}})_([A-Za-z0-9_-]{{43}})")


class TokenParts(NamedTuple):
    """A token taken apart: the id may be shown, the secret never."""

    token_id: str
    secret: str


class MintedToken(NamedTuple):
    """A new token: `text` is shown once, `token_id` and `sha256` are kept."""

    text: str
    token_id: str
    sha256: str


def mint_token() -> MintedToken:
    """Make a token with 256 random bits."""
    token_id, secret = secrets.token_hex(6), secrets.token_urlsafe(_SECRET_BYTES)
    return MintedToken(f"{PREFIX}_{token_id}_{secret}", token_id, _digest(secret))


def read_token(text: str) -> TokenParts | None:
    """Take a token apart; None where the text has not its form."""
    found = _FORM.fullmatch(text)
    return TokenParts(found[1], found[2]) if found else None


def is_secret_of(secret: str, sha256: str) -> bool:
    """Whether this is the secret whose digest was kept; takes as long for any wrong one."""
    return hmac.compare_digest(_digest(secret), sha256)


def _digest(secret: str) -> str:
    """Of 256 random bits: a slow hash protects what can be guessed, and this cannot (decision 5)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_token_id(text: str) -> bool:
    """Whether the text has the form of a token's public id."""
    return re.fullmatch("[0-9a-f]{12}", text) is not None
