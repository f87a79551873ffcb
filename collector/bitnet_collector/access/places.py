"""Where a request comes from, as far as its connection and headers can be believed."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

_FORWARDING = frozenset(
    {"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"}
)
"""Headers that a proxy leaves: behind one, a loopback connection says nothing about the client."""


class Place(NamedTuple):
    """`address` is the client's, `direct`: no proxy in between, `local`: on this machine."""

    address: str
    direct: bool
    local: bool


def place_of(client: str | None, header_names: Collection[str], behind_proxy: bool) -> Place:
    """Judge a request by its connection's (or its trusted proxy's) client and the names of its headers."""
    if client is None:
        return Place("", direct=False, local=False)
    direct = not behind_proxy and _FORWARDING.isdisjoint(header_names)
    return Place(client, direct, local=direct and is_loopback(client))


@lru_cache(maxsize=1024)
def is_loopback(address: str) -> bool:
    """Whether the text is an address of this machine alone, or the name `localhost`."""
    parsed = _parsed(address)
    return address.lower() == "localhost" if parsed is None else parsed.is_loopback


def plain_address(address: str) -> str:
    """The IPv4 address behind `::ffff:192.0.2.1`, as a socket for both kinds shows it; others as they are."""
    parsed = _parsed(address)
    return str(parsed) if isinstance(parsed, ipaddress.IPv4Address) else address


def is_within(address: str, networks: Collection[str]) -> bool:
    """Whether the address lies in one of the networks (an address alone is a network of one)."""
    parsed = _parsed(address)
    return parsed is not None and any(parsed in ipaddress.ip_network(network) for network in networks)


def network_of(address: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 that one IPv6 customer usually holds."""
    parsed = _parsed(address)
    if parsed is None:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed.packed[:8] + bytes(8), 64)))


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address without its zone; of an IPv4 address that is mapped into IPv6, that one."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return mapped or parsed
