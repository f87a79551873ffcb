"""What a layer does between its projections and norms: rotary embedding, KV cache, attention, activation.

n tokens go in, `past` are in the cache before. Counted op by op as `models/bitnet/modeling_bitnet.py` writes
it, in the model's type; the attention itself is torch's fused kernel, which reads query, keys and values and
writes its output once.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers.models.bitnet.modeling_bitnet import BitNetAttention, BitNetDecoderLayer, BitNetMLP

from .forward_count import ForwardCount, Moved


def count_layer_part(module: torch.nn.Module, tokens: int, past: int) -> ForwardCount | None:
    """Count what such a module does by itself, without the modules inside it; None for any other module."""
    if isinstance(module, BitNetAttention):
        return _attention(module, tokens, past)
    if isinstance(module, BitNetMLP):
        return _between_projections(module, tokens)
    if isinstance(module, BitNetDecoderLayer):
        return _residuals(module, tokens)
    return None


def _attention(module: Any, tokens: int, past: int) -> ForwardCount:
    config, dtype = module.config, module.attn_sub_norm.weight.dtype
    size, context = dtype.itemsize, past + tokens
    queries = config.num_attention_heads * module.head_dim
    keys = config.num_key_value_heads * module.head_dim
    rotated = tokens * (queries + keys) * size
    cached, grown = 2 * past * keys * size, 2 * context * keys * size  # keys and values
    seen = tokens * past + tokens * (tokens + 1) // 2  # positions that all tokens together look at
    return ForwardCount(
        operations={str(dtype).removeprefix("torch."): 4 * queries * seen},
        moved=(
            # x·cos, −half, cat, ·sin, sum: 1 + ½ + 1 + 1 + 2 readings, 1 + ½ + 1 + 1 + 1 writings
            Moved("attention", rotated * 11 // 2, rotated * 9 // 2),
            Moved("attention", tokens * queries * size, tokens * queries * size),
            # torch.cat reads the old cache and the new entries and writes the whole; then attention reads it
            Moved("kv-cache", grown + grown, grown),
        ),
        distinct=cached,
    )


def _between_projections(module: Any, tokens: int) -> ForwardCount:
    """relu, square, and the product with the other branch: 1 + 1 + 2 readings, 3 writings."""
    numbers = tokens * module.intermediate_size * module.ffn_sub_norm.weight.itemsize
    return ForwardCount(moved=(Moved("activations", 4 * numbers, 3 * numbers),))


def _residuals(module: Any, tokens: int) -> ForwardCount:
    """Two sums of two."""
    numbers = tokens * module.hidden_size * module.input_layernorm.weight.itemsize
    return ForwardCount(moved=(Moved("activations", 4 * numbers, 2 * numbers),))
