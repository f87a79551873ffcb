"""Activations as whole numbers: what `ActQuant` rounds to, before it divides by its scale again."""

from __future__ import annotations

from typing import NamedTuple

import torch

from ..measurement.traffic.forward_count import Moved

LARGEST = 128
"""The largest activation by magnitude: `ActQuant` clamps to [-128, 127]."""


class Quantized(NamedTuple):
    """`numbers` [tokens, features] are whole, in the type asked for; numbers × `step` [tokens, 1] are x."""

    numbers: torch.Tensor
    step: torch.Tensor


def quantize(x: torch.Tensor, dtype: torch.dtype) -> Quantized:
    """Quantise each row of x [tokens, features] as `ActQuant` does, to the same whole numbers.

    Its clamp is left out: the largest magnitude becomes 127, rounding errors included.
    """
    # The largest before any number is widened: exact as well, and a third of the time over many tokens.
    largest = x.abs().amax(dim=-1, keepdim=True).float().clamp_(min=1e-5)
    numbers = torch.mul(x, 127 / largest).round_()
    return Quantized(numbers.to(dtype), largest.div_(127))


def count_quantize(tokens: int, features: int, size: int, number_size: int) -> Moved:
    """Bytes of `quantize` over [tokens, features] of `size` bytes, to numbers of `number_size`.

    Read by abs, amax and mul as they are, by round_ and to in float32; written by abs, mul and round_, to.
    """
    numbers = tokens * features
    return Moved("activation-quantization", numbers * (3 * size + 8), numbers * (size + 8 + number_size))


class Quantizer:
    """Quantises what several layers are given alike (q, k and v; gate and up) only once."""

    def __init__(self) -> None:
        """Nothing is remembered yet."""
        self._key: tuple[torch.Tensor, torch.dtype] | None = None
        self._kept: Quantized | None = None

    def __call__(self, x: torch.Tensor, dtype: torch.dtype) -> Quantized:
        """Quantise x [..., features] as rows; the very same tensor as last time is not quantised again."""
        if self._kept is None or self._key is None or self._key[0] is not x or self._key[1] is not dtype:
            self._kept = quantize(x.reshape(-1, x.shape[-1]), dtype)
            self._key = (x, dtype)
        return self._kept
