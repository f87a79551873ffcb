"""Who asks, and what they may do: a pure function from the credentials and the settings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from ..settings import Reading

Role = Literal["anonymous", "member", "admin"]


class Right(str, Enum):
    """What can be allowed: to read; to submit reports; to delete, annotate, pin and hide runs."""

    READ = "read"
    SUBMIT = "submit"
    MANAGE = "manage"


@dataclass(frozen=True)
class Caller:
    """Who asks: `member` and `token_id` are known from a token alone."""

    role: Role
    may: tuple[Right, ...]
    member: str | None = None
    token_id: str | None = None

    def may_submit_as(self, member: str) -> bool:
        """Whether a report of `member` may come from this caller: a member's token speaks for that member."""
        return Right.SUBMIT in self.may and (self.role != "member" or self.member == member)


def token_holder(member: str, admin: bool, token_id: str) -> Caller:
    """The caller behind a valid token."""
    if admin:
        return Caller("admin", (Right.READ, Right.SUBMIT, Right.MANAGE), member, token_id)
    return Caller("member", (Right.READ, Right.SUBMIT), member, token_id)


def anonymous(*, tokens_made: bool, trusted_place: bool, reading: Reading) -> Caller | None:
    """The caller without a token; None where such a caller is not to be heard at all.

    Before the first token is made, everyone in a trusted place (this machine, or anywhere under `--open`) may
    read and submit. From the first token on, nobody submits without one, and `reading` says who reads.
    """
    if tokens_made:
        return Caller("anonymous", (Right.READ,) if reading == "open" else ())
    return Caller("anonymous", (Right.READ, Right.SUBMIT)) if trusted_place else None
