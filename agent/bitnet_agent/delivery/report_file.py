"""The report on disk: written whole or not at all, and before anything is sent."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from ..errors import EnvironmentFaultError

_NO_SUCH_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EPERM)
"""How file systems say that a directory cannot be flushed."""


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
    """Replace `path` by `content`, as `write_durably` does, with the rights of any other file.

    Raises:
        EnvironmentFaultError: the disk refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, content, private=False)
    except OSError as error:
        raise EnvironmentFaultError(f"{path} cannot be written: {error.strerror}", _remedy(option)) from error


def _remedy(option: str) -> str:
    return f"choose another place with {option}"


def write_durably(path: Path, content: bytes, *, private: bool = True) -> None:
    """Replace `path` by `content`: flushed to the disk under another name first, then renamed.

    `private` leaves it to its owner alone. Once this returns, neither a crash nor a power cut takes it back.

    Raises:
        OSError: the disk refuses; what was there before is whole.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    half_written = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if not private:
            _as_other_files(half_written)
        half_written.replace(path)
    except BaseException:
        half_written.unlink(missing_ok=True)
        raise
    flush_directory(path.parent)


def flush_directory(folder: Path) -> None:
    """Make what was renamed, made or removed in `folder` last through a power cut, where the system can."""
    if os.name != "posix":
        return  # Windows keeps its own journal of names and cannot open a directory
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_SUCH_SYNC:
            raise
    finally:
        os.close(handle)


def _as_other_files(path: Path) -> None:
    """Give a file made by mkstemp (owner only) the rights that a plain new file would have."""
    if os.name == "posix":
        mask = os.umask(0)
        os.umask(mask)
        path.chmod(0o666 & ~mask)
