"""`python -m bitnet_collector` and the console script: from what went wrong to an exit code."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence

from .cli import run
from .errors import CollectorError

_EXTRA = {
    "fastapi",
    "starlette",
    "uvicorn",
    "sqlmodel",
    "sqlalchemy",
    "alembic",
    "jinja2",
    "fastapi_offline",
    "prometheus_client",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line: 0 done, 2 not meant so, 4 this machine refuses."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that knows only ASCII shows a `?`
    try:
        return run(argv)
    except CollectorError as error:
        print(f"bitnet-collector: {error.message}; {error.remedy}", file=sys.stderr)
        return error.exit_code
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        print(
            f"bitnet-collector: the package {error.name} is missing; "
            "install the collector's with: pip install 'bitnet-profiler[collector]'",
            file=sys.stderr,
        )
        return 2


if __name__ == "__main__":
    sys.exit(main())
