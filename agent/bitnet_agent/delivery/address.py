"""The collector's address: what may be one, and whether it is this machine's own."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import httpx

from ..errors import UsageError

_EXAMPLE = "give one such as --collector http://127.0.0.1:8000"


def check_collector_url(url: str) -> str:
    """Return the collector's address without a trailing slash.

    Raises:
        UsageError: it is no http or https address, or it holds a secret; the secret is not repeated.
    """
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
        httpx.URL(url)
        (parts.hostname or "").encode("idna")
    except (ValueError, httpx.InvalidURL):
        parts, port_is_fine = urlsplit(""), False
    if "@" in url or "?" in url or "#" in url:
        raise UsageError(
            "the collector's address holds more than scheme, host, port and path: names, passwords "
            "and tokens in an address end up in logs",
            "leave them out; a token belongs into BITNET_TOKEN or into a file given with --token-file",
        )
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine:
        raise UsageError(f"{url!r} is no collector's address", _EXAMPLE)
    return url.rstrip("/")


def is_loopback(url: str) -> bool:
    """Tell whether the address is this machine's own."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_readable_underway(url: str) -> bool:
    """Tell whether others on the way can read what is sent: plain http that leaves this machine."""
    return urlsplit(url).scheme == "http" and not is_loopback(url)
