"""Files that appear whole or not at all, and files that can be read twice."""

from __future__ import annotations

import glob
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import EnvironmentFaultError, UsageError


@contextmanager
def appearing(target: Path, *, force: bool) -> Iterator[Path]:
    """Give a path beside `target` to write to; at the end it is on the disk and takes the target's name.

    Only its owner may read it, since reports and the hashes of tokens are in it. A symbolic link stays one:
    what it leads to is written.

    Raises:
        UsageError: `target` exists and is not to be written over, or is no plain file.
        EnvironmentFaultError: the directory cannot be written.
    """
    refuse_existing(target, force=force)
    target = Path(os.path.realpath(target))
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        os.close(handle)
    except OSError as error:
        raise EnvironmentFaultError(
            f"{target.parent} cannot be written: {error.strerror}", "name a file in another directory"
        ) from error
    temporary = Path(name)
    try:
        yield temporary
        _sync(temporary)
        refuse_existing(target, force=force)
        temporary.replace(target)
        _sync(target.parent)
    except OSError as error:
        raise EnvironmentFaultError(
            f"{target} cannot be written: {error.strerror or error}", "make room, or name another file"
        ) from error
    finally:
        for left in target.parent.glob(
            f"{glob.escape(temporary.name)}*"
        ):  # SQLite may have put a journal beside it
            left.unlink()


def refuse_existing(target: Path, *, force: bool) -> None:
    """Keep what is there; a device or a pipe also under `force`, which would put a file in its place.

    Raises:
        UsageError: `target` exists and is not to be written over.
    """
    if target.exists() and not target.is_file():
        raise UsageError(f"{target} is no plain file", "name another file")
    if target.exists() and not force:
        raise UsageError(f"{target} exists already", "name another file, or add --force to write over it")


@contextmanager
def rereadable(path: Path) -> Iterator[Path]:
    """Give a file that can be read more than once: a copy of what comes where `path` is a pipe, or `-`."""
    if str(path) != "-" and (path.is_file() or path.is_dir() or not path.exists()):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="bitnet-import-") as folder:
        copy = Path(folder) / "copy"
        try:
            with copy.open("wb") as out:
                if str(path) == "-":
                    shutil.copyfileobj(sys.stdin.buffer, out)
                else:
                    with path.open("rb") as coming:
                        shutil.copyfileobj(coming, out)
        except OSError as error:
            raise EnvironmentFaultError(
                f"{path} cannot be copied to {folder}: {error.strerror or error}",
                "make room there (TMPDIR), or name a file",
            ) from error
        yield copy


def _sync(path: Path) -> None:
    if os.name != "posix" and path.is_dir():
        return  # Windows has no handle on a directory
    handle = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
