"""What the collector is told at its start: where to listen, where to keep reports, whom to expect."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bitnet_report import MEMBER_RULE, is_member_name

from .errors import UsageError
from .logs import LogFormat

DEFAULTS = {
    "host": "127.0.0.1",
    "port": "8000",
    "database_url": "sqlite:///bitnet-collector.db",
    "members": "WJ,WYC,LCJ",
    "log_format": "text",
    "shutdown_seconds": "8",
    "workers": "1",
    "pool_size": "10",
    "read": "open",
    "open": "no",
    "allowed_hosts": "",
    "trusted_proxies": "",
    "published": "",
    "rate_limit": "1200",
    "client_timeout": "20",
    "max_connections": "500",
}
"""Each also as the environment variable BITNET_COLLECTOR_<NAME>; an option outweighs the variable."""

_HOSTING = {"database_url": "DATABASE_URL"}
"""What hosting services set; our own variable outweighs it."""


Reading = Literal["open", "token"]


@dataclass(frozen=True)
class Settings:
    """The whole configuration, already checked.

    `members` have their rows from the first start, in this order. `busy_timeout_ms` is how long a request
    waits for another's write before it is told to come back. `shutdown_seconds` is how long requests that are
    under way at the end may take; Docker kills what is still there after 10. Each of the `workers` keeps
    `pool_size` connections to PostgreSQL.

    `read` says who may read once a token was made, `open` lets other machines in before one was.
    `allowed_hosts` are names to answer under beside this machine's own; the addresses and networks of
    `trusted_proxies` may say for whom they ask. `published` is the address at which a container's port is
    published: what counts is then who can reach that one, not `host`. `rate_limit` is requests a minute for
    each token and each address (0: any number), `client_timeout_s` how long a client may keep the server
    waiting, `max_connections` how many may be open at once.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    database_url: str = field(default=DEFAULTS["database_url"], repr=False)  # may hold a password
    members: tuple[str, ...] = ("WJ", "WYC", "LCJ")
    busy_timeout_ms: int = 5000
    log_format: LogFormat = "text"
    shutdown_seconds: int = 8
    workers: int = 1
    pool_size: int = 10
    read: Reading = "open"
    open: bool = False
    allowed_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    published: str = ""
    rate_limit: int = 1200
    client_timeout_s: float = 20.0
    max_connections: int = 500


def read_settings(options: Mapping[str, str | None], environment: Mapping[str, str]) -> Settings:
    """Settle each setting: the option given, else the environment, else the default.

    Raises:
        UsageError: a value cannot be meant; the message names the option or variable that holds it.
    """
    values, origins = {}, {}
    for name, default in DEFAULTS.items():
        variable = f"BITNET_COLLECTOR_{name.upper()}"
        option = options.get(name)
        if option is not None:
            values[name], origins[name] = option, f"--{name.replace('_', '-')}"
        else:
            hosting = _HOSTING.get(name, variable)
            origins[name] = variable if variable in environment else hosting
            values[name] = environment.get(origins[name], default)
    return Settings(
        host=_host(values["host"], origins["host"]),
        port=_port(values["port"], origins["port"]),
        database_url=values["database_url"],
        members=_members(values["members"], origins["members"]),
        log_format=_log_format(values["log_format"], origins["log_format"]),
        shutdown_seconds=_whole(values["shutdown_seconds"], origins["shutdown_seconds"], 3600, "seconds"),
        workers=_whole(values["workers"], origins["workers"], 64, "processes"),
        pool_size=_whole(values["pool_size"], origins["pool_size"], 1000, "connections"),
        read=_reading(values["read"], origins["read"]),
        open=_switch(values["open"], origins["open"]),
        allowed_hosts=_hosts(values["allowed_hosts"], origins["allowed_hosts"]),
        trusted_proxies=_networks(values["trusted_proxies"], origins["trusted_proxies"]),
        published=_published(values["published"]),
        rate_limit=_count(values["rate_limit"], origins["rate_limit"], 0),
        client_timeout_s=_patience(values["client_timeout"], origins["client_timeout"]),
        max_connections=_count(values["max_connections"], origins["max_connections"], 1),
    )


def _host(text: str, origin: str) -> str:
    if not text.strip():
        raise UsageError(f"{origin} is empty", "name an address, such as 127.0.0.1")
    return text.strip()


def _port(text: str, origin: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535):
        raise UsageError(
            f"{origin} is {text[:40]!r}, which is no port",
            "give a whole number from 0 to 65535; 0 takes any free port",
        )
    return int(text)


def _log_format(text: str, origin: str) -> LogFormat:
    if text not in ("text", "json"):
        raise UsageError(f"{origin} is {text[:40]!r}, which is no format of the log", "choose text or json")
    return "json" if text == "json" else "text"


def _whole(text: str, origin: str, most: int, what: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= most):
        raise UsageError(f"{origin} is {text[:40]!r}", f"give whole {what} from 1 to {most}")
    return int(text)


def _reading(text: str, origin: str) -> Reading:
    if text in ("open", "token"):
        return "open" if text == "open" else "token"
    raise UsageError(f"{origin} is {text[:40]!r}", "say open (anyone reads) or token (reading takes a token)")


def _switch(text: str, origin: str) -> bool:
    if text.lower() in ("1", "yes", "true", "on"):
        return True
    if text.lower() in ("0", "no", "false", "off", ""):
        return False
    raise UsageError(f"{origin} is {text[:40]!r}", "say yes or no")


def _hosts(text: str, origin: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name != "*" and not re.fullmatch(
            r"(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|[0-9A-Fa-f:.]+", name
        ):
            raise UsageError(
                f"{origin} holds {name[:80]!r}, which is no host's name",
                "give names without scheme and port, such as bitnet.example.org or *.example.org",
            )
    return names


def _networks(text: str, origin: str) -> tuple[str, ...]:
    networks = tuple(name.strip() for name in text.split(",") if name.strip())
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError:
            raise UsageError(
                f"{origin} holds {network[:80]!r}, which is no address",
                "give the proxies' addresses or networks, such as 127.0.0.1 or 10.0.0.0/24",
            ) from None
    return networks


def _published(text: str) -> str:
    """The address in `127.0.0.1:8000`; a port alone is published at every address."""
    address, _, _port = text.strip().rpartition(":")
    return address.strip("[]") or ("0.0.0.0" if text.strip() else "")  # noqa: S104  (compared, not bound)


def _count(text: str, origin: str, least: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) >= least):
        raise UsageError(
            f"{origin} is {text[:40]!r}, which is no number of this kind", f"give {least} or more"
        )
    return int(text)


def _patience(text: str, origin: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:
        raise UsageError(f"{origin} is {text[:40]!r}", "give seconds, more than 0 and at most 3600")
    return seconds


def _members(text: str, origin: str) -> tuple[str, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    for position, name in enumerate(names):
        if not is_member_name(name):
            raise UsageError(f"{origin} holds {name[:80]!r}, which names no member", MEMBER_RULE)
        if name in names[:position]:
            raise UsageError(f"{origin} names {name} twice", "name each member once")
    return tuple(names)
