"""Work, its differences and the notes on it in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..summary_table import Difference, Note
from ..texts import Texts


def workload_words(work: dict[str, Any], texts: Texts) -> str:
    """What a workload is, in one line."""
    parts = [
        str(work["model"]),
        texts("named", name=texts("weights"), value=weights_words(work["weights"], texts)),
        f"{work['prompt_tokens'] or '?'} + {work['decode_tokens'] or '?'} tokens",
        str(work["dtype"] or "?"),
        texts("named", name=texts("engine"), value=work["engine"]),
    ]
    if "malloc" in work:
        parts.append(texts("named", name=texts("malloc"), value=malloc_words(work["malloc"], texts)))
    return " · ".join(parts)


def lengths_words(work: dict[str, Any], texts: Texts) -> str:
    """How many tokens go in and come out, in which data type, and behind how many if behind any."""
    parts = [f"{work['prompt_tokens'] or '?'} + {work['decode_tokens'] or '?'} tokens"]
    if work.get("context_depth"):
        parts.append(texts("axis_context_depth_is", value=work["context_depth"]))
    return " · ".join([*parts, str(work["dtype"] or "?")])


def malloc_words(malloc: str, texts: Texts) -> str:
    """The allocator: tuned, or by the member's environment; another one by its name."""
    return texts(f"malloc_{malloc}") if malloc in ("default", "tuned", "environment") else malloc


def weights_words(weights: str | None, texts: Texts) -> str:
    """The kind of weights: published, stand-in, local or not stated."""
    return texts(f"weights_{weights or 'unknown'}")


def difference_words(differences: Sequence[Difference], texts: Texts) -> str:
    """The fields that differ with both values, and by name alone those that the run does not state."""
    parts = [
        texts("differs", field=d.field, this=_value(d.this, texts), reference=_value(d.reference, texts))
        for d in differences
        if d.this is not None
    ]
    silent = [d.field for d in differences if d.this is None]
    if silent:
        parts.append(texts("differs_silent", fields=", ".join(silent)))
    return texts("separator").join(parts)


def note_words(note: Note, texts: Texts) -> str:
    """A note with each member's value."""
    values = ", ".join(f"{member} {_value(value, texts)}" for member, value in note.values.items())
    return texts(f"note_{note.code}", values=values)


def _value(value: str | int | None, texts: Texts) -> str:
    if value is None:
        return texts("not_stated")
    text = str(value)
    return text[:12] if re.fullmatch("[0-9a-f]{64}", text) else text
