"""How many large blocks one forward takes and gives back, from torch's own account of its memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from bitnet_report import MB

from ..machine.allocator import LARGE_BYTES
from .generation import decode_one_token, prefill
from .loading import Loaded

_MEMORY_EVENT = "[memory]"


class Temporaries(NamedTuple):
    """Blocks above `LARGE_BYTES` that were freed in one forward, and what they held together (MB)."""

    blocks: int
    mb: float


def count_temporaries(loaded: Loaded) -> dict[str, Temporaries]:
    """Run one prefill and one decode step under torch's profiler, which hears of each block of memory.

    The profiler is slow; nothing of this pass is timed.
    """
    cache = loaded.context.new_cache()
    state, of_prefill = _watched(lambda: prefill(loaded.model, loaded.prompt.ids, cache))
    _, of_decode = _watched(lambda: decode_one_token(loaded.model, state))
    return {"prefill": large_among(of_prefill), "decode": large_among(of_decode)}


def large_among(changes: Iterable[int]) -> Temporaries:
    """The large ones among blocks taken (bytes, positive) and given back (negative)."""
    freed = [-change for change in changes if change <= -LARGE_BYTES]
    return Temporaries(len(freed), sum(freed) / MB)


def _watched(forward: Callable[[], Any]) -> tuple[Any, list[int]]:
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        result = forward()
    events = profiler.profiler.kineto_results.events()
    return result, [event.nbytes() for event in events if event.name() == _MEMORY_EVENT]
