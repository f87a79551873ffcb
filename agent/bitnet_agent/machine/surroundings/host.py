"""Who and where: the only function of the agent that reads names of people and machines."""

from __future__ import annotations

import getpass
import platform
from contextlib import suppress


def host_identity() -> dict[str, str]:
    """Host name and user name, for a report that is to hold them (`--include-host`)."""
    found = {"host": platform.node()}
    with suppress(OSError, KeyError, ImportError):  # no such user in the system's table
        found["user"] = getpass.getuser()
    return {name: value for name, value in found.items() if value}
