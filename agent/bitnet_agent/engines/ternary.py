"""A quantised weight taken apart: {-1, 0, 1} and the one number that they are multiplied by."""

from __future__ import annotations

from typing import NamedTuple

import torch

from ..errors import ModelError


class Ternary(NamedTuple):
    """`signs` [out, in] are int8 and -1, 0 or 1; signs × `scale` are the weight's very bits."""

    signs: torch.Tensor
    scale: float


def split(quantized: torch.Tensor) -> Ternary:
    """Take apart what `WeightQuant` gave.

    Raises:
        ModelError: it holds other numbers than -scale, 0 and scale.
    """
    scale = quantized.abs().max()
    signs = quantized.sign()
    if not torch.equal(signs * scale, quantized):
        raise ModelError("a quantised weight holds more than three values", "fetch the checkpoint again")
    return Ternary(signs.to(torch.int8), float(scale))
