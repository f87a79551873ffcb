"""Whether a browser sends a request for a page of another site."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit


def is_cross_site(headers: Mapping[str, str]) -> bool:
    """Judge by what browsers add and pages cannot forge; programs send neither header.

    `Sec-Fetch-Site` decides where it is (browsers leave it out over plain HTTP, loopback excepted); else
    `Origin` must name the same host and port as `Host` (its scheme may differ: a proxy ends TLS). W3C Fetch
    Metadata; Fetch Standard.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
