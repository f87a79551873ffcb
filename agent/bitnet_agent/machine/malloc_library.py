"""Which library this program's `malloc` is: libc's own, or one that was linked or preloaded in its place."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from pathlib import PurePath
from typing import NamedTuple

_RTLD_DI_LINKMAP = 2
_RTLD_DL_SYMENT = 1
_UNDEFINED = 0  # SHN_UNDEF


def malloc_library() -> str | None:
    """The file that `malloc` is found in, without its folder; None where the system does not tell."""
    if sys.platform == "win32":
        return None
    try:
        program = ctypes.CDLL(None)
        owner = _owner(program, program.malloc)
        if owner is not None and not owner.defines:
            owner = _first_that_defines(program)
    except (OSError, AttributeError):
        return None
    return None if owner is None else PurePath(os.fsdecode(owner.file)).name


class _Owner(NamedTuple):
    """The file that a function's address lies in; `defines` tells whether the function itself is there."""

    file: bytes
    defines: bool


def _first_that_defines(program: ctypes.CDLL) -> _Owner | None:
    """Look through the libraries in the order in which the loader does.

    A program that is not position-independent, as Debian's python3, gives its own jump table's entry as the
    address of each function that it takes the address of (ELF ABI, "function addresses").
    """
    for path in _loaded(program):
        library = ctypes.CDLL(path, mode=os.RTLD_NOLOAD | os.RTLD_LAZY)
        owner = _owner(program, library.malloc)
        if owner is not None and owner.file == os.fsencode(path):
            return owner
    return None


def _loaded(program: ctypes.CDLL) -> Iterator[str]:
    """Paths of the libraries that came with the program, preloaded ones first."""
    link = ctypes.POINTER(_Link)()
    if program.dlinfo(ctypes.c_void_p(program._handle), _RTLD_DI_LINKMAP, ctypes.byref(link)):
        return
    while link:
        if link.contents.name and b"/" in link.contents.name:  # not the program, nor what the kernel maps in
            yield os.fsdecode(link.contents.name)
        link = link.contents.next


def _owner(program: ctypes.CDLL, function: object) -> _Owner | None:
    """Ask whose a function is; where the C library gives no table of symbols, it is taken to be there."""
    place, symbol = _DlInfo(), ctypes.POINTER(_Symbol)()
    if ctypes.sizeof(ctypes.c_void_p) == 8 and hasattr(program, "dladdr1"):
        found = program.dladdr1(function, ctypes.byref(place), ctypes.byref(symbol), _RTLD_DL_SYMENT)
    else:
        found = program.dladdr(function, ctypes.byref(place))
    if not found or not place.file:
        return None
    return _Owner(place.file, defines=not symbol or symbol.contents.section != _UNDEFINED)


class _DlInfo(ctypes.Structure):
    """`Dl_info` of dladdr(3)."""

    _fields_ = (
        ("file", ctypes.c_char_p),
        ("base", ctypes.c_void_p),
        ("symbol", ctypes.c_char_p),
        ("address", ctypes.c_void_p),
    )


class _Symbol(ctypes.Structure):
    """`Elf64_Sym` of elf(5)."""

    _fields_ = (
        ("name", ctypes.c_uint32),
        ("info", ctypes.c_uint8),
        ("other", ctypes.c_uint8),
        ("section", ctypes.c_uint16),
        ("value", ctypes.c_uint64),
        ("size", ctypes.c_uint64),
    )


class _Link(ctypes.Structure):
    """`struct link_map` of dlinfo(3)."""


_Link._fields_ = (
    ("difference", ctypes.c_void_p),
    ("name", ctypes.c_char_p),
    ("dynamic", ctypes.c_void_p),
    ("next", ctypes.POINTER(_Link)),
    ("previous", ctypes.c_void_p),
)
