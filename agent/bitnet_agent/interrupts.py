"""Ctrl-C where nothing can be raised: in a weak reference's callback, a `__del__`, the garbage collector.

There Python prints "Exception ignored in …" and goes on. Importing torch passes through many such moments:
each module's lock is let go by a weak reference. Torch's C++ imports NumPy besides, and takes whatever is
raised in that for a NumPy that cannot be used.
"""

from __future__ import annotations

import _thread
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.abc import MetaPathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_PAUSE_S = 0.05
"""How long the main thread has to leave such a place, and what is lost meanwhile is answered by one press."""


@contextmanager
def kept_interrupts() -> Iterator[None]:
    """Press Ctrl-C once more where it was lost in such a place, as soon as the place is left.

    Never after this has ended: Python, on its way out, would be killed by it instead of giving its exit code.
    NumPy is imported before torch, from Python, where Ctrl-C ends it as it ends anything else.
    """
    otherwise = sys.unraisablehook
    again = _Again()

    def answer(lost: UnraisableHookArgs) -> None:
        try:
            if not issubclass(lost.exc_type, KeyboardInterrupt):
                otherwise(lost)
            elif not again.on_its_way:
                again.press_soon()
        except KeyboardInterrupt:  # the press for an earlier loss: raised in here, it would be lost as well
            again.press_soon()

    first = _NumpyFirst()
    sys.unraisablehook = answer
    sys.meta_path.insert(0, first)
    try:
        yield
    finally:
        again.never()
        sys.unraisablehook = otherwise
        with suppress(ValueError):  # it has done its work
            sys.meta_path.remove(first)


class _Again:
    """Presses Ctrl-C from another thread; one press at a time is on its way."""

    def __init__(self) -> None:
        self.on_its_way = False
        self._ended = False
        self._deciding = threading.Lock()

    def press_soon(self) -> None:
        self.on_its_way = True
        _thread.start_new_thread(self._press, ())

    def never(self) -> None:
        """Press no more; one that is being pressed just now is still raised before this returns."""
        self._ended = True
        with self._deciding:
            pass

    def _press(self) -> None:
        time.sleep(_PAUSE_S)
        with self._deciding:
            self.on_its_way = False  # before the press, which may be lost as well and then asks for another
            if not self._ended:
                _press()


class _NumpyFirst(MetaPathFinder):
    """Finds no module; asked for torch, it imports NumPy."""

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "torch":
            sys.meta_path.remove(self)
            with suppress(ImportError):  # torch says by itself what it is without NumPy
                import numpy  # noqa: F401


def _press() -> None:
    main = threading.main_thread().ident
    if main is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(main, signal.SIGINT)  # which ends a wait for the system, too
    else:
        _thread.interrupt_main()
