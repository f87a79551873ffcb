"""The pass that is watched and not timed: memory of each inference stage, and every logit finite.

Watching costs time, so no figure of this pass becomes a duration, and no timed pass is watched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from ..checkpoint.prompting import encode
from ..machine.memory.resident import StageMemory, watch_memory
from .generation import DecodeState, decode_one_token, prefill
from .loading import Loaded


@dataclass
class Observation:
    """Memory by stage, the ids that came out, and the steps whose logits were not finite (0: prefill)."""

    memory: dict[str, StageMemory] = field(default_factory=dict)
    token_ids: list[int] = field(default_factory=list)
    not_finite_steps: list[int] = field(default_factory=list)


def observe(loaded: Loaded, decode_tokens: int, after_step: Callable[[], None]) -> Observation:
    """Run every inference stage once, untimed; `after_step` is called after prefill and each decode step."""
    model, tokenizer, prompt = loaded.model, loaded.tokenizer, loaded.prompt
    cache = loaded.context.new_cache()
    seen = Observation()

    def note(state: DecodeState) -> None:
        if not bool(torch.isfinite(state.logits).all()):
            seen.not_finite_steps.append(len(seen.token_ids))
        seen.token_ids.append(int(state.token.item()))
        after_step()

    with watch_memory() as seen.memory["tokenization"]:
        encode(tokenizer, *prompt.to_encode)
    with watch_memory() as seen.memory["prefill"]:
        state = prefill(model, prompt.ids, cache)
    note(state)
    with watch_memory() as seen.memory["decode"]:
        for _ in range(decode_tokens):
            state = decode_one_token(model, state)
            note(state)
    with watch_memory() as seen.memory["detokenization"]:
        tokenizer.decode(seen.token_ids)
    return seen
