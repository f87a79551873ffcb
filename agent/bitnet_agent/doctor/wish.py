"""What the member means to run, as far as the examination depends on it."""

from __future__ import annotations

from dataclasses import dataclass

from ..delivery.token import Token
from ..plan import PUBLISHED_MODEL


@dataclass(frozen=True)
class Wish:
    """The options of the run to come; `collector` is an address without a trailing slash."""

    model: str = PUBLISHED_MODEL
    revision: str | None = None
    dtype: str = "bfloat16"
    threads: int | None = None
    collector: str | None = None
    member: str | None = None
    token: Token | None = None
