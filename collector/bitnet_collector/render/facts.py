"""What a part of the report states, under the report's own names, written so that a person can read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..texts import Texts

_LONGEST_FACT = 2000
_DEEPEST = 4
_UNITS = {"_mb": "MB", "_mhz": "MHz", "_ms": "ms", "_s": "s", "_c": "°C", "_percent": "%", "_per_s": "/s"}
_BYTES = ("caches",)


def facts_of(values: Mapping[str, Any], texts: Texts) -> list[tuple[str, str]]:
    """Each key with its value in words; unknown keys too, nulls and what is empty not."""
    return [
        (key, fact_words(key, value, texts)[:_LONGEST_FACT])
        for key, value in values.items()
        if value is not None and value not in ({}, [])
    ]


def fact_words(key: str, value: Any, texts: Texts, depth: int = 0) -> str:
    """A value in words: with the unit that its key ends in, lists as ranges, groups as `name value`."""
    if value is None or isinstance(value, bool):
        return texts("not_stated" if value is None else "yes" if value else "no")
    if isinstance(value, (int, float)):
        return _number(key, value)
    if isinstance(value, Mapping) and depth < _DEEPEST:
        inside = f"{key}.{{}}" if key in _BYTES else "{}"
        return ", ".join(
            f"{name} {fact_words(inside.format(name), part, texts, depth + 1)}"
            for name, part in value.items()
        )
    if isinstance(value, (list, tuple)) and depth < _DEEPEST:
        whole = len(value) > 2 and all(type(part) is int for part in value)
        return _ranges(value) if whole else ", ".join(fact_words(key, v, texts, depth + 1) for v in value)
    return str(value)


def _number(key: str, value: float) -> str:
    if key.startswith(tuple(f"{name}." for name in _BYTES)) and not key.endswith("_shared_by"):
        return _size(value)
    if key.startswith("load"):
        return f"{value:.2f}"
    if key.endswith("_share"):
        return f"{value * 100:.3g} %"
    # `_per_s` and `_s` both fit a rate: the longer ending is the unit.
    ending = max((ending for ending in _UNITS if key.endswith(ending)), key=len, default=None)
    if ending is None:
        return str(value) if isinstance(value, int) else _short(value)
    number = f"{value:,}" if isinstance(value, int) else _short(value)
    return number + ("" if _UNITS[ending].startswith("/") else " ") + _UNITS[ending]


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _size(size: float) -> str:
    for unit, name in ((2**20, "MB"), (2**10, "KB")):
        if size >= unit:
            return f"{size / unit:.4g} {name}"
    return f"{size:g} B"


def _ranges(numbers: Sequence[int]) -> str:
    """0, 1, 2, 3, 8 as `0–3, 8`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
