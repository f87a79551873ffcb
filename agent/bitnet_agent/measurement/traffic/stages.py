"""The stages' counts: every module of the loaded model, at the lengths that the stage runs it with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from bitnet_report import StageRoofline, Traffic

from .forward_count import CountsItself, ForwardCount, Moved, total
from .modules import count_module


def count_modules(model: Any, tokens: int, past: int = 0) -> dict[str, ForwardCount]:
    """Count one forward of each module by its name in the model, without the modules inside it.

    `past` tokens are in the KV cache before. The module that gives the logits runs for the last token only.
    """
    head = model.get_output_embeddings()
    return {
        name: _as_head(count_module(module, 1)) if module is head else count_module(module, tokens, past)
        for name, module in _counted(model, "")
    }


def count_stages(
    model: Any, prompt_tokens: int, decode_tokens: int, context_depth: int = 0
) -> list[StageRoofline]:
    """Count prefill over the whole prompt and decode token by token, as `generate` runs them.

    `context_depth` tokens are in the KV cache before the prompt.
    """
    prefill = total(count_modules(model, prompt_tokens, context_depth).values())
    filled = context_depth + prompt_tokens
    # What depends on the cache's length grows by the same amount at each step: the mean is that of both ends.
    ends = [total(count_modules(model, 1, past).values()) for past in (filled, filled + decode_tokens - 1)]
    return [_stage("prefill", 1, prefill), _stage("decode", decode_tokens, _mean_times(ends, decode_tokens))]


def _counted(module: torch.nn.Module, name: str) -> Iterator[tuple[str, torch.nn.Module]]:
    """The module and those inside it, but nothing inside one that counts itself."""
    yield name, module
    if not isinstance(module, CountsItself):
        for inner, child in module.named_children():
            yield from _counted(child, f"{name}.{inner}" if name else inner)


def _as_head(count: ForwardCount) -> ForwardCount:
    moved = Moved("lm-head", sum(p.read for p in count.moved), sum(p.written for p in count.moved))
    return ForwardCount(
        count.operations, (moved,), count.distinct, count.ternary_weights, count.other_weight_bytes
    )


def _mean_times(ends: list[ForwardCount], forwards: int) -> ForwardCount:
    """`forwards` times the mean of both ends; what is distinct is the later's, the larger."""
    both = total(ends)
    return ForwardCount(
        operations={kind: count * forwards // 2 for kind, count in both.operations.items()},
        moved=tuple(Moved(p.part, p.read * forwards // 2, p.written * forwards // 2) for p in both.moved),
        distinct=ends[-1].distinct,
        ternary_weights=ends[-1].ternary_weights,
        other_weight_bytes=ends[-1].other_weight_bytes,
    )


def _stage(name: str, forwards: int, count: ForwardCount) -> StageRoofline:
    return StageRoofline(
        stage=name,
        forwards=forwards,
        operations=count.all_operations,
        arithmetic=count.arithmetic,
        traffic=[Traffic(part=p.part, read_bytes=p.read, written_bytes=p.written) for p in count.moved],
        distinct_bytes=count.distinct,
        ternary_weights=count.ternary_weights,
        other_weight_bytes=count.other_weight_bytes,
    )
