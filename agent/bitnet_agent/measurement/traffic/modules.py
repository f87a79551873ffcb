"""One module's own forward, by whoever knows that kind of module: itself first."""

from __future__ import annotations

import torch

from .forward_count import CountsItself, ForwardCount, Moved
from .layers import count_layer_part
from .linear import count_linear
from .norms import count_norm


def count_module(module: torch.nn.Module, tokens: int, past: int = 0) -> ForwardCount:
    """Count one forward of the module itself over that many tokens, without the modules inside it.

    `past` tokens are in the KV cache before; only attention asks. A module of an unknown kind is taken to
    read each of its own weights once.
    """
    if isinstance(module, CountsItself):
        return module.count_forward(tokens)
    if isinstance(module, torch.nn.Embedding):
        return _embedding(module, tokens)
    return (
        count_linear(module, tokens)
        or count_layer_part(module, tokens, past)
        or count_norm(module, tokens)
        or _weights_once(module)
    )


def _embedding(module: torch.nn.Embedding, tokens: int) -> ForwardCount:
    rows = tokens * module.embedding_dim * module.weight.itemsize
    return ForwardCount(moved=(Moved("embeddings", rows, rows),), distinct=rows, other_weight_bytes=rows)


def _weights_once(module: torch.nn.Module) -> ForwardCount:
    weights = sum(parameter.nbytes for parameter in module.parameters(recurse=False))
    if not weights:
        return ForwardCount()
    return ForwardCount(moved=(Moved("weights", weights),), distinct=weights, other_weight_bytes=weights)
