"""The command line: options to a verb, errors to an exit code.

Nothing heavy is imported here, so that `--help` answers at once; each verb imports what it needs.
"""

from __future__ import annotations

import importlib.util
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from .errors import AgentError, UsageError
from .interrupts import forget_interrupt, kept_interrupts

if TYPE_CHECKING:
    from .options import Options

_NEEDED = (
    "torch",
    "transformers",
    "accelerate",
    "safetensors",
    "httpx",
    "filelock",
    "psutil",
    "cpuinfo",
    "rich",
)

EXIT_INTERRUPTED = 130
"""What a shell reports of a program that Ctrl-C ended: 128 + SIGINT."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code: 0, or by kind of fault 2, 3, 4, 5; 130 after Ctrl-C."""
    options: Options | None = None
    # torch reads it when it is imported: its profiler warns of every block that it did not see taken.
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that knows only ASCII shows a `?`
    try:
        with kept_interrupts():
            from .options import parse  # half a second: Ctrl-C in it is no fault either

            options = parse(sys.argv[1:] if argv is None else argv)
            _check_extra()
            return _verb(options.verb)(options)
    except AgentError as error:
        _say(options, "error", error.message)
        if error.remedy:
            _say(options, "remedy", error.remedy)
        return error.exit_code
    except KeyboardInterrupt:
        _say(options, "interrupted")
        forget_interrupt()
        return EXIT_INTERRUPTED


def _verb(name: str) -> Callable[[Options], int]:
    if name == "push":
        from .verbs.push import run
    elif name == "verify":
        from .verbs.verify import run
    elif name == "stand-in":
        from .verbs.write_stand_in import run
    elif name == "doctor":
        from .verbs.doctor import run
    elif name == "engines":
        from .verbs.engines import run
    elif name == "compare":
        from .verbs.compare import run
    elif name == "roofline":
        from .verbs.roofline import run
    elif name == "operators":
        from .verbs.operators import run
    elif name == "sweep":
        from .verbs.sweep import run
    elif name == "overhead":
        from .verbs.overhead import run
    else:
        from .verbs.profile import run
    return run


def _check_extra() -> None:
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(
            f"bitnet-agent lacks the packages {', '.join(missing)}",
            "install them with: pip install 'bitnet-profiler[agent]'",
        )


def _say(options: Options | None, key: str, message: str | None = None) -> None:
    from .screen.language import choose_language, text

    sentence = text(choose_language(options.lang if options else None), key)
    print(sentence if message is None else f"{sentence}: {message}", file=sys.stderr)
