"""The report on disk: written whole or not at all, and before anything is sent."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ..errors import EnvironmentFaultError


def check_writable(path: Path, option: str = "--output") -> None:
    """Make sure, before minutes are spent on measuring, that the report can be written to `path`.

    `option` is what the member chooses the place with.

    Raises:
        EnvironmentFaultError: it cannot.
    """
    try:
        if path.is_dir():
            raise EnvironmentFaultError(f"{path} is a directory, not a file", _remedy(option))
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}."):
            pass
    except OSError as error:
        raise EnvironmentFaultError(f"{path} cannot be written: {error.strerror}", _remedy(option)) from error


def write_atomically(path: Path, content: bytes, option: str = "--output") -> None:
    """Replace `path` by `content`: flushed to the disk under another name first, then renamed.

    Raises:
        EnvironmentFaultError: the disk refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        half_written = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            _as_other_files(half_written)
            half_written.replace(path)
        except BaseException:
            half_written.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise EnvironmentFaultError(f"{path} cannot be written: {error.strerror}", _remedy(option)) from error


def _remedy(option: str) -> str:
    return f"choose another place with {option}"


def _as_other_files(path: Path) -> None:
    """Give a file made by mkstemp (owner only) the rights that a plain new file would have."""
    if os.name == "posix":
        mask = os.umask(0)
        os.umask(mask)
        path.chmod(0o666 & ~mask)
