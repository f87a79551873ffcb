"""Stand-ins made once for this machine's user and found again."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from ..cache_directory import cache_directory
from ..errors import EnvironmentFaultError, UsageError
from .checkpoint import is_whole, partial_name, write_stand_in
from .sizes import RECIPE, Size
from .weights import Progress

_ABANDONED_S = 24 * 3600
"""Age in seconds at which an unfinished checkpoint has surely lost its writer."""


def cached_stand_in(size: Size, cache_root: Path | None = None, *, progress: Progress | None = None) -> Path:
    """Return the directory of a whole stand-in, made now if it is not there or is damaged.

    Two processes may do so at once: both write, the first to finish is kept. `progress` is called only
    when something is written.

    Raises:
        EnvironmentFaultError: the cache cannot be written, or has no room.
    """
    root = _default_root() if cache_root is None else cache_root
    directory = root / cached_name(size)
    if is_whole(directory, size):
        return directory
    shutil.rmtree(directory, ignore_errors=True)
    _remove_abandoned(root, directory.name)
    try:
        return write_stand_in(size, directory, progress=progress)
    except UsageError as error:
        if is_whole(directory, size):
            return directory
        raise EnvironmentFaultError(
            f"{directory} is damaged and cannot be replaced", "delete it and run again"
        ) from error
    except EnvironmentFaultError as error:
        raise EnvironmentFaultError(
            error.message, "let BITNET_AGENT_CACHE name a writable directory on a disk with room"
        ) from error


def cached_name(size: Size) -> str:
    """Name the directory, in the cache, of the stand-in of that size."""
    return f"stand-in-{size}-{RECIPE}"


def _default_root() -> Path:
    try:
        return cache_directory()
    except RuntimeError as error:  # Path.home, for a user whom the system does not know
        raise EnvironmentFaultError(
            "this user has no home directory to keep a stand-in in", "set BITNET_AGENT_CACHE"
        ) from error


def _remove_abandoned(root: Path, name: str) -> None:
    """Delete what killed writers left behind: gigabytes that nobody would find in a hidden directory."""
    for partial in root.glob(partial_name(name, "*")):
        try:
            abandoned = time.time() - partial.stat().st_mtime > _ABANDONED_S
        except OSError:
            continue  # finished in this moment
        if abandoned:
            shutil.rmtree(partial, ignore_errors=True)
