"""What every request asks of the tokens: those that come in together are answered from one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ..database import Database
from ..rounds import Rounds
from ..tables import Token
from .keyring import find_token, were_tokens_made

_MOST = 256
"""Questions in one transaction."""


class Lookups:
    """Looks tokens up as they are when it is asked: one made or revoked before counts at once."""

    def __init__(self, database: Database) -> None:
        """Take the database; it must stay open until `close`."""
        self._rounds: Rounds[str | None, Token | bool | None] = Rounds(
            partial(_look_up, database), _MOST, "tokens"
        )

    async def find(self, token_id: str) -> Token | None:
        """The token with this id, also if it is revoked."""
        found = await self._rounds.join(token_id)
        return found if isinstance(found, Token) else None

    async def were_tokens_made(self) -> bool:
        """Whether a token was ever made."""
        return await self._rounds.join(None) is True

    def close(self) -> None:
        """Wait for what is being looked up."""
        self._rounds.close()


def _look_up(database: Database, asked: Sequence[str | None]) -> list[Token | bool | None]:
    """Each token by its id; for None, whether any was ever made."""
    with database.reading() as session:
        found = {
            each: were_tokens_made(session) if each is None else find_token(session, each)
            for each in set(asked)
        }
    return [found[each] for each in asked]
