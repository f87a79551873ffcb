"""macOS tells of its processor through sysctl(8) alone."""

from __future__ import annotations

import subprocess
import sys


def read_sysctl(name: str) -> str | None:
    """The value of that name; None where there is none, and on every other system."""
    if sys.platform != "darwin":
        return None
    try:
        answer = subprocess.run(  # noqa: S603 - a system program by its full path
            ["/usr/sbin/sysctl", "-n", name], capture_output=True, text=True, timeout=5, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() or None
