"""Whether to start at all: other machines are let in by a token, or by someone who says so."""

from __future__ import annotations

from ..errors import UsageError
from ..settings import Settings
from .places import is_loopback


def refuse_strangers(settings: Settings, loopback: bool, tokens_made: bool) -> list[str]:
    """What the user must know of who is let in; nothing where that is this machine alone, or goes by tokens.

    Raises:
        UsageError: other machines could come, no token was made, and nobody said `--open`.
    """
    if settings.published:
        loopback = is_loopback(settings.published)
    where = f"--published {settings.published}" if settings.published else f"--host {settings.host}"
    reached = None if loopback else f"{where} lets other machines reach the collector"
    if settings.trusted_proxies and loopback:
        reached = "--trusted-proxies lets other machines reach the collector"
    if tokens_made:
        return ["--open has no effect any more: a token was made"] if settings.open else []
    if settings.open:
        return [
            "warning: no token was made, and --open lets anyone who reaches the collector read and submit"
        ]
    if reached:
        raise UsageError(
            f"{reached}, and no token was made that would tell members from strangers",
            "make one (bitnet-collector token create NAME --database-url URL), or let anyone in with --open",
        )
    return []
