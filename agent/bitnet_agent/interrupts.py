"""Ctrl-C where nothing can be raised: in a weak reference's callback, a `__del__`, the garbage collector.

There Python prints "Exception ignored in …" and goes on. Importing torch passes through many such moments:
each module's lock is let go by a weak reference.
"""

from __future__ import annotations

import _thread
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_PAUSE_S = 0.01


@contextmanager
def kept_interrupts() -> Iterator[None]:
    """Press Ctrl-C once more where it was lost in such a place, as soon as the place is left."""
    otherwise = sys.unraisablehook

    def answer(lost: UnraisableHookArgs) -> None:
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            otherwise(lost)
            return
        # Last, and from another thread: what is raised in here would be lost as well.
        _thread.start_new_thread(_press_again, ())

    sys.unraisablehook = answer
    try:
        yield
    finally:
        sys.unraisablehook = otherwise


def _press_again() -> None:
    time.sleep(_PAUSE_S)  # by then the main thread has left the place
    main = threading.main_thread().ident
    if main is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(main, signal.SIGINT)  # which ends a wait for the system, too
    else:
        _thread.interrupt_main()
