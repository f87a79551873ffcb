"""RMSNorm, op by op, as `models/bitnet/modeling_bitnet.py` writes it: everything but its ends in float32."""

from __future__ import annotations

import torch
from transformers.models.bitnet.modeling_bitnet import BitNetRMSNorm

from .forward_count import ForwardCount, Moved

_FLOAT32 = 4


def count_norm(module: torch.nn.Module, tokens: int) -> ForwardCount | None:
    """Count it over that many tokens; None for a module that is none.

    On numbers of e bytes: to float32 (reads e, writes 4), square (4, 4), mean (4), product (4, 4), back
    (4, e), product with the weight (e, e). A model in float32 has no conversions.
    """
    if not isinstance(module, BitNetRMSNorm):
        return None
    weight = module.weight
    numbers, size = tokens * weight.numel(), weight.itemsize
    read, written = numbers * (3 * _FLOAT32 + size), numbers * (2 * _FLOAT32 + size)
    if weight.dtype != torch.float32:
        read += numbers * (size + _FLOAT32)
        written += numbers * (_FLOAT32 + size)
    return ForwardCount(
        moved=(Moved("norms", read + weight.nbytes, written),),
        distinct=weight.nbytes,
        other_weight_bytes=weight.nbytes,
    )
