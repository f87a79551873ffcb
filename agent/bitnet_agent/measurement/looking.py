"""The pass that looks into the model: never timed for the report, and after everything that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..operators.instrumenting import instrumented
from ..operators.regions import Now, Recorder
from ..operators.splitting import Look
from .generation import decode_one_token, prefill

DECODE_TOKENS = 4
"""Single-token forwards that are looked into; they are alike, so a few tell what many would."""
_FIRST_TOKENS = 1  # of the round that is thrown away


def look_into(
    model: Any,
    prompt_ids: Sequence[int],
    decode_tokens: int,
    *,
    now: Now,
    keep_spans: bool = False,
    after_forward: Callable[[], None] = lambda: None,
    new_cache: Callable[[], Any] = lambda: None,
) -> Look:
    """Generate once with marks around everything, after a short round that is thrown away.

    `new_cache` gives the KV cache to grow, None for an empty one. The first round pays for what the marks
    themselves set off: pages of their own, a compilation renewed.
    """
    discarded, recorder = Recorder(now), Recorder(now, keep_spans=keep_spans)
    first = min(_FIRST_TOKENS, decode_tokens)
    with instrumented(model, discarded):
        _generate(model, prompt_ids, first, discarded, after_forward, cache=new_cache())
    with instrumented(model, recorder):
        token_ids = _generate(model, prompt_ids, decode_tokens, recorder, after_forward, cache=new_cache())
    return Look(recorder, len(prompt_ids), token_ids)


def forwards_of_a_look(decode_tokens: int) -> tuple[int, int]:
    """How many prefills and how many single-token forwards `look_into` runs."""
    return 2, decode_tokens + min(_FIRST_TOKENS, decode_tokens)


def _generate(
    model: Any,
    prompt_ids: Sequence[int],
    decode_tokens: int,
    recorder: Recorder,
    after_forward: Callable[[], None],
    *,
    cache: Any,
) -> list[int]:
    with recorder.forward("prefill"):
        state = prefill(model, prompt_ids, cache)
        token_ids = [int(state.token.item())]
    after_forward()
    for _ in range(decode_tokens):
        with recorder.forward("decode"):
            state = decode_one_token(model, state)
            token_ids.append(int(state.token.item()))
        after_forward()
    return token_ids
