"""Where the agent keeps what it makes once: stand-in checkpoints and the compiled probe."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_directory() -> Path:
    """The cache of this user: `BITNET_AGENT_CACHE`, else where the platform keeps caches; not yet made."""
    stated = os.environ.get("BITNET_AGENT_CACHE")
    if stated:
        return Path(stated).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "bitnet-agent"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "bitnet-agent"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bitnet-agent"
