"""perf_event_open(2) through ctypes: one hardware counter on one thread."""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from dataclasses import dataclass

CPU_CYCLES, REF_CPU_CYCLES = 0, 9
"""perf_hw_id of linux/perf_event.h: core cycles, and cycles at the time stamp counter's rate."""

_NUMBERS = {"x86_64": 298, "aarch64": 241, "riscv64": 241, "ppc64le": 319, "s390x": 331, "i686": 336}
_TYPE_HARDWARE = 0
_ATTR_BYTES = 64  # PERF_ATTR_SIZE_VER0
_TOTAL_TIMES = 0b11  # PERF_FORMAT_TOTAL_TIME_ENABLED | _RUNNING
_INHERIT, _EXCLUDE_KERNEL, _EXCLUDE_HYPERVISOR = 1 << 1, 1 << 5, 1 << 6
_CLOSE_ON_EXEC = 8  # PERF_FLAG_FD_CLOEXEC


@dataclass(frozen=True)
class Count:
    """What a counter holds: events, and the nanoseconds in which its thread ran and it counted."""

    events: int
    running_ns: int


class PerfEvents:
    """The system call and its file descriptors; a test puts its own in place."""

    def open(self, event: int, thread: int, *, user_only: bool, group: int = -1, pmu: int = 0) -> int:
        """Start counting on a thread and on those that it starts later; return the descriptor.

        `pmu` is the number of one kind of core on a hybrid processor.

        Raises:
            OSError: the system has no such counter, or does not let this process use it.
        """
        number = _NUMBERS.get(platform.machine())
        if sys.platform != "linux" or number is None:
            raise OSError("perf_event_open is not known for this system")
        flags = _INHERIT | _EXCLUDE_HYPERVISOR | (_EXCLUDE_KERNEL if user_only else 0)
        config = pmu << 32 | event
        attributes = struct.pack(
            "IIQQQQQIIQ", _TYPE_HARDWARE, _ATTR_BYTES, config, 0, 0, _TOTAL_TIMES, flags, 0, 0, 0
        )
        buffer = ctypes.create_string_buffer(attributes, _ATTR_BYTES)
        call = ctypes.CDLL(None, use_errno=True).syscall
        call.restype = ctypes.c_long
        descriptor = int(
            call(
                ctypes.c_long(number),
                buffer,
                ctypes.c_int(thread),
                ctypes.c_int(-1),  # on any processor
                ctypes.c_int(group),
                ctypes.c_ulong(_CLOSE_ON_EXEC),
            )
        )
        if descriptor < 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
        return descriptor

    def read(self, descriptor: int) -> Count:
        """Read a counter."""
        events, _, running_ns = struct.unpack("QQQ", os.read(descriptor, 24))
        return Count(events, running_ns)

    def close(self, descriptor: int) -> None:
        """Stop a counter."""
        os.close(descriptor)
