"""What the model has read before the prompt: a KV cache of a given depth, filled once and copied."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import DynamicCache


@dataclass
class Context:
    """The tokens before the prompt; none by default, and then every cache is a new one.

    Prefill and decode at a depth are what they cost in a long conversation: attention reads all of the KV
    cache.
    """

    model: Any
    ids: Sequence[int] = ()
    _filled: Any = None

    @torch.inference_mode()
    def fill(self, now: Callable[[], float]) -> float:
        """Run the tokens through the model and keep what they leave in the cache; gives the milliseconds.

        It is a run's first forward where there is a context, and so the cold one.
        """
        cache = DynamicCache(config=self.model.config)
        input_ids = torch.tensor([list(self.ids)])  # [1, depth]
        start = now()
        self.model(input_ids=input_ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
        taken_ms = (now() - start) * 1000
        self._filled = cache
        return taken_ms

    def new_cache(self) -> Any:
        """A cache that holds the context alone, for one generation to grow; `fill` must have been called."""
        if not self.ids:
            return DynamicCache(config=self.model.config)
        return copy.deepcopy(self._filled)
