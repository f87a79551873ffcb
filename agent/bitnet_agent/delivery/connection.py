"""One HTTP exchange with a collector, bounded in time and in size; the token goes to its address alone."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from bitnet_report import __version__

from .address import is_loopback
from .token import Token

SILENCE_S = 30.0
"""How long a collector may say nothing before the attempt is given up."""
ATTEMPT_S = 120.0
"""How long an answer may take in all, however steadily it trickles."""
ANSWER_BYTES = 64 * 2**10
"""More than any receipt or problem document has."""

# A proxy in the environment that httpx cannot use (SOCKS without socksio) is a ValueError or an ImportError.
UNREACHABLE = (httpx.HTTPError, httpx.InvalidURL, ImportError, ValueError)


@dataclass(frozen=True)
class Answer:
    """What a collector answered."""

    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def document(self) -> dict[str, Any]:
        """The JSON object in it; empty where there is none."""
        try:
            value = json.loads(self.content)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}


def exchange(
    method: str,
    collector: str,
    path: str,
    token: Token | None,
    *,
    body: bytes | None = None,
    silence_s: float = SILENCE_S,
    most_bytes: int = ANSWER_BYTES,
    now: Callable[[], float] = time.monotonic,
) -> Answer:
    """Ask once. Redirects are answers like others: nothing is sent to an address that was not named.

    Raises:
        UNREACHABLE: one of these, where there is no whole answer.
    """
    headers = {"User-Agent": f"bitnet-agent/{__version__}"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token.secret}"
    if body is not None:
        headers["Content-Type"] = "application/json"
    deadline = now() + ATTEMPT_S
    with (
        httpx.Client(
            base_url=collector,
            timeout=httpx.Timeout(silence_s, connect=min(silence_s, 10.0)),
            trust_env=not is_loopback(
                collector
            ),  # a proxy must not stand between two programs of one machine
            follow_redirects=False,
        ) as client,
        client.stream(method, path, content=body, headers=headers) as answer,
    ):
        content = bytearray()
        for piece in answer.iter_bytes():
            content += piece
            if len(content) > most_bytes:
                break  # what is asked for is never so long: the beginning will do to see what this is
            if now() > deadline:
                raise httpx.ReadTimeout("its answer does not come to an end")
        return Answer(answer.status_code, answer.headers, bytes(content))


def is_worth_retrying(error: Exception) -> bool:
    """Tell whether the same may go well later: a connection that broke, not an address that is none."""
    if isinstance(error, (httpx.UnsupportedProtocol, httpx.LocalProtocolError)):
        return False
    return isinstance(error, (httpx.TransportError, httpx.DecodingError)) and not _is_distrust(error)


def reason(error: Exception) -> str:
    """The first line of what the error says."""
    return (str(error) or type(error).__name__).splitlines()[0]


def _is_distrust(error: BaseException | None) -> bool:
    """Tell whether the other side's certificate is behind it."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
