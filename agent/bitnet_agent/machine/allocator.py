"""Which allocator this process has, and starting over with glibc's thresholds raised.

glibc maps every block above 32 MiB afresh and unmaps it when it is freed (mallopt(3), M_MMAP_THRESHOLD: the
dynamic threshold stops there), so a temporary of that size is faulted in page by page at every use. Its
settings are read once, before the program's first line: they cannot be changed from inside.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from bitnet_report import Malloc

from ..errors import EnvironmentFaultError, UsageError
from .malloc_library import malloc_library

TUNED: Final = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**32)}
"""Map blocks of 1 GiB and more; give memory back only when 4 GiB lie free: no temporary of a forward does."""
LARGE_BYTES: Final = 32 * 2**20
"""From this size on glibc maps every block, whatever it learnt (DEFAULT_MMAP_THRESHOLD_MAX on 64 bits)."""

_GLIBC_VARIABLES = (
    "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_TOP_PAD_", "MALLOC_MMAP_MAX_",
    "MALLOC_ARENA_MAX", "MALLOC_ARENA_TEST", "MALLOC_CHECK_", "MALLOC_PERTURB_",
)  # fmt: skip

_SYSTEMS_OWN = ("libc.", "libc-", "ld-musl", "libsystem_malloc")


def is_tunable() -> bool:
    """Tell whether this is Linux with glibc, the only place where the thresholds can be set so."""
    try:
        return sys.platform == "linux" and (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (ValueError, OSError):  # musl knows no such name
        return False


def malloc_in_effect() -> Malloc:
    """What this process allocates with."""
    return classify(os.environ, malloc_library())


def classify(environment: Mapping[str, str], library: str | None) -> Malloc:
    """Name what these variables and the library that `malloc` comes from (None: unknown) come to."""
    foreign = library is not None and not library.startswith(_SYSTEMS_OWN)
    stated = {name: environment[name] for name in _GLIBC_VARIABLES if environment.get(name)}
    tunables = "glibc.malloc" in environment.get("GLIBC_TUNABLES", "")
    if foreign or tunables or (stated and stated != TUNED):
        return "environment"
    return "tuned" if stated and is_tunable() else "default"


def start_tuned(command: Sequence[str] | None = None) -> None:
    """Run this very command again with the thresholds raised, in this process; return if they are already.

    Raises:
        AgentError: as `check_tunable`.
    """
    if check_tunable() == "default":
        sys.stdout.flush()
        sys.stderr.flush()
        os.execve(sys.executable, list(command or sys.orig_argv), {**os.environ, **TUNED})  # noqa: S606


def check_tunable() -> Malloc:
    """Refuse `--malloc tuned` where it cannot be; give what this process has now, default or tuned.

    Raises:
        EnvironmentFaultError: this system's allocator has no such thresholds.
        UsageError: the environment chose another allocator, or other settings, itself.
    """
    if not is_tunable():
        raise EnvironmentFaultError(
            "--malloc tuned raises thresholds of glibc, and this system has another C library",
            "leave --malloc out; on Linux with glibc (Debian, Ubuntu, Fedora and most others) it works",
        )
    now = malloc_in_effect()
    if now == "environment":
        raise UsageError(
            "the environment already chooses the allocator or its settings; --malloc tuned would mix the two",
            "unset LD_PRELOAD, GLIBC_TUNABLES and MALLOC_…, or leave --malloc out: it is recorded as it is",
        )
    return now


@contextmanager
def for_children(malloc: str) -> Iterator[None]:
    """Have the processes that are started inside the block begin with that allocator."""
    if malloc != "tuned":
        yield
        return
    before = {name: os.environ.get(name) for name in TUNED}
    os.environ.update(TUNED)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
