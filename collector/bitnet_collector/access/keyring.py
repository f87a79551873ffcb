"""The queries on tokens: made once, looked up by their public id, revoked for ever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Executable
from sqlmodel import Session, col, select

from ..tables import Token
from .tokens import MintedToken


def keep_token(session: Session, minted: MintedToken, member: str, admin: bool, made_at: datetime) -> None:
    """Keep a new token's id and digest; its text is not kept."""
    session.add(
        Token(token_id=minted.token_id, member=member, admin=admin, sha256=minted.sha256, made_at=made_at)
    )


def find_token(session: Session, token_id: str) -> Token | None:
    """The token with this id, also if it is revoked."""
    return session.get(Token, token_id)


def were_tokens_made(session: Session) -> bool:
    """Whether a token was ever made; revoked ones count, so that revoking the last opens nothing."""
    return session.connection().execute(_any_token()).first() is not None


@cache
def _any_token() -> Executable:
    """Made once and asked without the ORM: before the first token, every submission asks it."""
    return select(Token.token_id).limit(1)


def list_tokens(session: Session) -> Sequence[Token]:
    """Every token, oldest first."""
    return session.exec(select(Token).order_by(col(Token.made_at), col(Token.token_id))).all()


def revoke_token(session: Session, token_id: str, now: datetime) -> Token | None:
    """Make a token worthless from now on; None where there is none. One that is revoked keeps its time."""
    token = session.get(Token, token_id)
    if token is not None and token.revoked_at is None:
        token.revoked_at = now
        session.add(token)
    return token
