"""Prefill and decode as plain loops: greedy, one sequence, end of sequence ignored.

The order of the file is the order of a generation. Every run does the same work: the prompt's length
and the number of decoded tokens are given, and nothing that comes out shortens them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from transformers import DynamicCache

Clock = Callable[[], float]
"""Seconds, monotonic; `time.perf_counter`, or a test's own."""


@dataclass
class Generation:
    """What one repetition took and gave; times in ms, `token_ids` one longer than `decode_steps_ms`."""

    prefill_ms: float
    decode_steps_ms: list[float] = field(default_factory=list)
    token_ids: list[int] = field(default_factory=list)

    @property
    def decode_ms(self) -> float:
        """The decode loop's time: the sum of its steps."""
        return sum(self.decode_steps_ms)


@dataclass
class DecodeState:
    """Between two steps: the KV cache, and the token that the next step will read."""

    cache: Any
    token: torch.Tensor  # [1, 1]
    logits: torch.Tensor  # [1, 1, vocabulary], of the last position only


@torch.inference_mode()
def prefill(model: Any, prompt_ids: Sequence[int], cache: Any = None) -> DecodeState:
    """Run the whole prompt at once; fills the KV cache (a new one unless given) and gives the first token."""
    cache = DynamicCache(config=model.config) if cache is None else cache
    input_ids = torch.tensor([list(prompt_ids)])  # [1, prompt]
    logits = model(input_ids=input_ids, past_key_values=cache, use_cache=True, logits_to_keep=1).logits
    return DecodeState(cache, logits.argmax(dim=-1), logits)


@torch.inference_mode()
def decode_one_token(model: Any, state: DecodeState) -> DecodeState:
    """One forward over a single token and the KV cache; gives the next token."""
    logits = model(
        input_ids=state.token, past_key_values=state.cache, use_cache=True, logits_to_keep=1
    ).logits
    return DecodeState(state.cache, logits.argmax(dim=-1), logits)


def generate(
    model: Any,
    prompt_ids: Sequence[int],
    decode_tokens: int,
    *,
    now: Clock,
    cache: Any = None,
    after_prefill: Callable[[], None] = lambda: None,
    between_steps: Callable[[], None] = lambda: None,
) -> Generation:
    """Prefill, then `decode_tokens` single-token forwards, each with its own time.

    `cache` is the KV cache to grow, with what was read before the prompt; a new one unless given.

    Both callbacks are called outside the timed spans: `after_prefill` once, `between_steps` after prefill and
    after each step.
    """
    cache = DynamicCache(config=model.config) if cache is None else cache
    start = now()
    state = prefill(model, prompt_ids, cache)
    first = int(state.token.item())
    generation = Generation(prefill_ms=(now() - start) * 1000, token_ids=[first])
    after_prefill()
    between_steps()
    for _ in range(decode_tokens):
        start = now()
        state = decode_one_token(model, state)
        token = int(state.token.item())
        generation.decode_steps_ms.append((now() - start) * 1000)
        generation.token_ids.append(token)
        between_steps()
    return generation
