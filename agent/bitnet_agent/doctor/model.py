"""The model: is it on this disk or within reach, and have disk and memory room for it?"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..cache_directory import cache_directory
from ..checkpoint.finding import STAND_IN_PREFIX, Checkpoint, find_checkpoint
from ..checkpoint.headers import TensorHeader
from ..checkpoint.preflight import needed_memory_mb
from ..errors import AgentError
from ..machine.processor.limits import available_memory_mb
from ..plan import PUBLISHED_MODEL
from ..stand_in.cache import cached_name
from ..stand_in.checkpoint import is_whole
from ..stand_in.sizes import SIZES, config_of
from ..stand_in.weights import weights_bytes
from .finding import Finding, found
from .hub import HubAnswer, cached_directory, hub_cache
from .later import Later
from .wish import Wish

_PUBLISHED_PARAMETERS = 2_412_820_480
"""The published checkpoint's, each two bytes in its file: 4.83 GB."""

_AMPLE = 1.1
"""Memory available ÷ needed; with less the page cache competes with the weights."""

_SPARE_BYTES = 100 * 10**6  # tokenizer and configuration beside the weights


@dataclass(frozen=True)
class Sought:
    """A model as far as it is known: `checkpoint` None where its size is not."""

    finding: Finding
    checkpoint: Checkpoint | None = None
    to_write: int = 0
    place: Path = Path()
    variable: str = ""


def look_for_model(wish: Wish, hub: Later[HubAnswer] | None, deadline: float) -> Iterator[Finding]:
    """Find the model, then hold what it needs against what is there."""
    sought = _stand_in(wish) or _on_disk(wish) or _on_hub(wish, hub, deadline)
    yield sought.finding
    if sought.to_write and sought.finding.code != "model-unusable":
        yield _disk(sought)
    if sought.checkpoint is not None:
        yield _memory(sought.checkpoint, wish.dtype)


def is_on_hub_only(wish: Wish) -> bool:
    """Whether the hub has to be asked."""
    return _stand_in(wish) is None and _on_disk(wish) is None


def _stand_in(wish: Wish) -> Sought | None:
    size = next((size for size in SIZES if wish.model == STAND_IN_PREFIX + size), None)
    if size is None:
        return None
    weights = weights_bytes(config_of(size))
    imagined = _imagined(wish.model, weights // 2)
    directory = cache_directory() / cached_name(size)
    if is_whole(directory, size):
        return Sought(found("model-ready", model=wish.model, gb=weights / 1e9), imagined)
    finding = found("model-to-make", model=wish.model, gb=weights / 1e9)
    return Sought(finding, imagined, weights + _SPARE_BYTES, cache_directory(), "BITNET_AGENT_CACHE")


def _on_disk(wish: Wish) -> Sought | None:
    """A directory, or what the hub's client has fetched before; None if it lies nowhere here."""
    is_hub_id = not Path(wish.model).expanduser().is_dir()
    directory = cached_directory(wish.model, wish.revision) if is_hub_id else Path(wish.model)
    if directory is None and not wish.model.startswith((STAND_IN_PREFIX, ".", "~", "/")):
        return None
    try:
        checkpoint = find_checkpoint(wish.model if directory is None else str(directory))
    except AgentError as error:
        # A download that was cut short goes on where it stopped.
        if is_hub_id and directory is not None:
            return None
        return Sought(found("model-unusable", model=wish.model, reason=error.message))
    return Sought(found("model-ready", model=wish.model, gb=checkpoint.nbytes / 1e9), checkpoint)


def _on_hub(wish: Wish, hub: Later[HubAnswer] | None, deadline: float) -> Sought:
    published = wish.model == PUBLISHED_MODEL
    checkpoint = _imagined(wish.model, _PUBLISHED_PARAMETERS) if published else None
    size = checkpoint.nbytes if checkpoint else 0
    answer = (hub.answer(deadline) if hub else None) or HubAnswer("unreachable")
    code, values = f"model-{answer.kind}", {"endpoint": answer.endpoint, "status": answer.status}
    finding = found(code, model=wish.model, size=f"{size / 1e9:.2f} GB" if size else "?", **values)
    return Sought(finding, checkpoint, size and size + _SPARE_BYTES, hub_cache(), "HF_HOME")


def _imagined(name: str, parameters: int) -> Checkpoint:
    """A checkpoint that is not here yet, by its size alone."""
    tensors = (TensorHeader("all", "BF16", (parameters,), 2 * parameters),)
    return Checkpoint(Path(), name, None, "published", {}, tensors)


def _disk(sought: Sought) -> Finding:
    existing = next(place for place in (sought.place, *sought.place.parents) if place.exists())
    free = shutil.disk_usage(existing).free
    if free < sought.to_write:
        return found("disk-short", needed=sought.to_write / 1e9, free=free / 1e9, variable=sought.variable)
    return found("disk-room", free=free / 1e9)


def _memory(checkpoint: Checkpoint, dtype: str) -> Finding:
    needed, available = needed_memory_mb(checkpoint, dtype), available_memory_mb()
    code = "short" if needed > available else "tight" if needed * _AMPLE > available else "enough"
    return found(f"memory-{code}", needed=needed, available=available)
