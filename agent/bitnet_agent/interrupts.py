"""Ctrl-C where nothing can be raised: in a weak reference's callback, a `__del__`, the garbage collector.

There Python prints "Exception ignored in …" and goes on. Importing torch passes through many such moments:
each module's lock is let go by a weak reference. Its C++ calls Python besides, where what is raised is taken
for a NumPy that cannot be used, or ends the process by `abort`: Ctrl-C is held while libraries are imported.
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
    from types import FrameType

_PAUSE_S = 0.05
"""How long the main thread has to leave such a place, and what is lost meanwhile is answered by one press."""


@contextmanager
def kept_interrupts() -> Iterator[None]:
    """Press Ctrl-C once more where it was lost in such a place, as soon as the place is left.

    Never after this has ended: Python, on its way out, would be killed by it instead of giving its exit code.
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

    sys.unraisablehook = answer
    try:
        yield
    finally:
        again.never()
        sys.unraisablehook = otherwise


@contextmanager
def held_interrupts() -> Iterator[None]:
    """Let Ctrl-C wait until the block is over, some seconds at most: for a block that could lose it."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler or not _is_main_thread():
        yield  # nobody is to be interrupted here
        return
    pressed = False

    def note(_number: int, _frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if pressed:
        raise KeyboardInterrupt


def forget_interrupt() -> None:
    """Let Python end with the exit code that it is given, once a KeyboardInterrupt was answered.

    Where one has passed through `exec` or `eval` of a text, as where a dataclass is made, CPython would kill
    itself by SIGINT at its end instead (`unhandled_keyboard_interrupt`, pythonrun.c); the next text that ends
    well takes that back.
    """
    eval("None")  # noqa: S307  (a constant)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


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


def _press() -> None:
    main = threading.main_thread().ident
    if main is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(main, signal.SIGINT)  # which ends a wait for the system, too
    else:
        _thread.interrupt_main()
