"""Linear layers: a BitLinear as transformers computes it, packed or not, and a plain one.

Read off transformers' `integrations/bitnet.py` and the C++ that Inductor makes of `WeightQuant` and
`ActQuant` (torch 2.13). e is the bytes of the model's type (bfloat16: 2).

| operation, on n numbers        | reads      | writes | why                                          |
|--------------------------------|------------|--------|----------------------------------------------|
| WeightQuant, at every forward  | e·n, twice | e·n    | a loop for the mean, a loop that quantises   |
| F.linear, its weight           | e·n        |        | the quantised copy, or the weight itself     |
| ActQuant                       | e·n, twice | e·n    | a loop for the maximum, one that quantises   |
| F.linear, input and output     | e·n        | e·n    |                                              |

So a published BitLinear moves 4·e bytes a weight: 8 where the file holds 2. Not counted: the line that a
store reads first (e bytes more for each weight written, unless the processor avoids it), fresh pages that the
kernel zeroes, and blocks that a matrix product copies within the cache.
"""

from __future__ import annotations

from typing import Any

import torch

from ...checkpoint.bitnet_layers import bitnet
from .forward_count import ForwardCount, Moved


def count_linear(module: torch.nn.Module, tokens: int) -> ForwardCount | None:
    """Count such a layer's forward over that many tokens; None for any other module."""
    if isinstance(module, bitnet.AutoBitLinear):
        return _auto_bit_linear(module, tokens)
    if isinstance(module, bitnet.BitLinear):
        return _packed_bit_linear(module, tokens)
    return _plain(module, tokens) if isinstance(module, torch.nn.Linear) else None


def type_name(dtype: torch.dtype) -> str:
    """`bfloat16` of `torch.bfloat16`."""
    return str(dtype).removeprefix("torch.")


def count_product(module: Any, tokens: int, size: int) -> tuple[int, Moved]:
    """Operations of tokens × in × out, and the bytes of input and output, at `size` bytes a number."""
    inputs, outputs = module.in_features, module.out_features
    return 2 * tokens * inputs * outputs, Moved(
        "activations", tokens * inputs * size, tokens * outputs * size
    )


def count_activation_quantization(tokens: int, features: int, size: int) -> Moved:
    """`ActQuant` of [tokens, features]: read for the maximum, read and written quantised."""
    numbers = tokens * features * size
    return Moved("activation-quantization", 2 * numbers, numbers)


def _auto_bit_linear(module: bitnet.AutoBitLinear, tokens: int) -> ForwardCount:
    weight = module.weight  # [out, in]
    operations, activations = count_product(module, tokens, weight.itemsize)
    quantization = (
        [Moved("weight-quantization", 2 * weight.nbytes, weight.nbytes)] if module.online_quant else []
    )
    if not module.online_quant:  # the output is multiplied by the weight's scale
        scaled = tokens * module.out_features * weight.itemsize
        activations = Moved("activations", activations.read + scaled, activations.written + scaled)
    return ForwardCount(
        operations={type_name(weight.dtype): operations},
        moved=(
            *quantization,
            Moved("weights", weight.nbytes),
            count_activation_quantization(tokens, module.in_features, weight.itemsize),
            activations,
        ),
        distinct=weight.nbytes,
        ternary_weights=weight.numel(),
    )


def _packed_bit_linear(module: bitnet.BitLinear, tokens: int) -> ForwardCount:
    """Two-bit weights, unpacked at every forward: each byte is read once for each of its four weights."""
    dtype = module.dtype or torch.get_default_dtype()
    operations, activations = count_product(module, tokens, dtype.itemsize)
    weights = module.weight.numel() * bitnet.VALUES_PER_ITEM
    return ForwardCount(
        operations={type_name(dtype): operations},
        moved=(
            Moved("weight-quantization", weights * module.weight.itemsize, weights * dtype.itemsize),
            Moved("weights", weights * dtype.itemsize),
            count_activation_quantization(tokens, module.in_features, dtype.itemsize),
            activations,
        ),
        distinct=module.weight.nbytes,
        ternary_weights=weights,
    )


def _plain(module: torch.nn.Linear, tokens: int) -> ForwardCount:
    weight = module.weight
    operations, activations = count_product(module, tokens, weight.itemsize)
    return ForwardCount(
        operations={type_name(weight.dtype): operations},
        moved=(Moved("weights", weight.nbytes), activations),
        distinct=weight.nbytes,
        other_weight_bytes=weight.nbytes,
    )
