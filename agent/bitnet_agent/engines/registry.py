"""Every engine there is, by name. Their files import torch, so each is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from ..errors import UsageError

if TYPE_CHECKING:
    from .engine import Engine

_ENGINES: Final = {
    "published": ("published", "Published"),
    "quantized-once": ("quantized_once", "QuantizedOnce"),
    "int8-mm": ("int8_mm", "Int8Mm"),
    "int8-pack": ("int8_pack", "Int8Pack"),
    "int8-onednn": ("int8_onednn", "Int8Onednn"),
    "int4-pack": ("int4_pack", "Int4Pack"),
}
"""Name → its file here and its class there, in the order in which they are listed; the default first."""


def engine_names() -> list[str]:
    """Their names, the default's first."""
    return list(_ENGINES)


def find_engine(name: str) -> Engine:
    """The engine of that name.

    Raises:
        UsageError: there is none.
    """
    if name not in _ENGINES:
        raise UsageError(f"there is no engine {name!r}", f"choose one of {', '.join(engine_names())}")
    file, kind = _ENGINES[name]
    engine: Engine = getattr(import_module(f".{file}", __package__), kind)()
    return engine


def every_engine() -> list[Engine]:
    """All of them, in their order."""
    return [find_engine(name) for name in engine_names()]
