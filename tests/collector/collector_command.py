"""The real `bitnet-collector`, run to its end."""

from __future__ import annotations

import os
import subprocess
import sys


def run(*arguments: object, check: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command; `check` is the exit code that it must give, and a refusal is one sentence."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("BITNET_")}
    done = subprocess.run(
        [sys.executable, "-m", "bitnet_collector", *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        timeout=200,
        env={**env, **environment},
    )
    assert done.returncode == check, done
    assert "Traceback" not in done.stderr
    if check in (2, 4):
        assert done.stderr.startswith("bitnet-collector: "), done
        assert done.stderr.count("\n") == 1, done
    return done
