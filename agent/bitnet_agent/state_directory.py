"""Where the agent keeps what must not be lost: reports on their way, receipts of those that arrived."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def state_directory() -> Path:
    """The state of this user: `BITNET_AGENT_STATE`, else where the platform keeps such; not yet made."""
    stated = os.environ.get("BITNET_AGENT_STATE")
    if stated:
        return Path(stated).expanduser()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
        return Path(local) / "bitnet-agent-state"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "bitnet-agent"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "bitnet-agent"
