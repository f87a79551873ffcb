"""Files that appear whole or not at all, and databases that are there already."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..database.address import Address, read_address
from ..errors import EnvironmentFaultError, UsageError


@contextmanager
def appearing(target: Path, *, force: bool) -> Iterator[Path]:
    """Give a path beside `target` to write to; at the end it is on the disk and takes the target's name.

    Only its owner may read it, since reports and the hashes of tokens are in it.

    Raises:
        UsageError: `target` exists and is not to be written over.
        EnvironmentFaultError: the directory cannot be written.
    """
    refuse_existing(target, force=force)
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
        for left in target.parent.glob(f"{temporary.name}*"):  # SQLite may have put a journal beside it
            left.unlink()


def refuse_existing(target: Path, *, force: bool) -> None:
    """Keep what is there.

    Raises:
        UsageError: `target` exists and is not to be written over.
    """
    if target.is_dir() or (target.exists() and not force):
        raise UsageError(f"{target} exists already", "name another file, or add --force to write over it")


def existing_database(url: str) -> Address:
    """Read a database's URL; a SQLite file must be there, lest an empty one be made.

    Raises:
        UsageError: the URL is none, or names a file that does not exist.
    """
    address = read_address(url)
    if address.kind == "sqlite" and not Path(address.shown).is_file():
        raise UsageError(f"there is no database {address.shown}", "name the collector's with --database-url")
    return address


def _sync(path: Path) -> None:
    if os.name != "posix" and path.is_dir():
        return  # Windows has no handle on a directory
    handle = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
