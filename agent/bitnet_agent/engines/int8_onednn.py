"""oneDNN's int8 product, through `torch.ops.onednn`, over weights laid out once in its own order."""

from __future__ import annotations

from typing import ClassVar, Final

import torch

from ..measurement.traffic.forward_count import Moved
from .engine import Exactness, Sentence
from .integer_engine import IntegerEngine
from .integer_linear import IntegerLinear

_ZERO = 128
"""The byte that stands for the activation nought: VNNI multiplies a byte without a sign by one with a sign.

Given two with signs, oneDNN needs AMX; without it, it takes a plain loop, some 250 times slower.
"""


class Int8OnednnLinear(IntegerLinear):
    """`laid_out` is in a form that only oneDNN reads, so it is no buffer; its scales are one."""

    paths: ClassVar[tuple[int, ...]] = (1, 9)
    laid_out: torch.Tensor
    ones: torch.Tensor
    noughts: torch.Tensor

    def pack(self, signs: torch.Tensor) -> None:
        """One form for any number of tokens."""
        self.laid_out = torch.ops.onednn.qlinear_prepack(signs, None)
        self._laid_out_bytes = int(torch.ops.mkldnn._nbytes(self.laid_out))
        self.register_buffer("ones", torch.ones(self.out_features))
        self.register_buffer("noughts", torch.zeros(self.out_features, dtype=torch.int32))

    def sums(self, numbers: torch.Tensor) -> torch.Tensor:
        """float32."""
        bytes_ = numbers.bitwise_xor(-_ZERO).view(torch.uint8)  # the highest bit turned: + 128
        sums: torch.Tensor = torch.ops.onednn.qlinear_pointwise(
            bytes_, 1.0, _ZERO, self.laid_out, self.ones, self.noughts, None,
            1.0, 0, torch.float32, "none", [], "",
        )  # fmt: skip
        return sums

    def sums_moved(self, tokens: int) -> tuple[Moved, ...]:
        """Every weight once, the scale and zero point of each row; and the activations made bytes."""
        numbers = tokens * self.in_features
        return (
            Moved("weights", self.weight_bytes(tokens) + self.ones.nbytes + self.noughts.nbytes),
            Moved("activations", numbers, numbers),
        )

    def weight_bytes(self, tokens: int) -> int:
        """The signs as they are laid out, with what oneDNN keeps beside them: the sum of each row."""
        del tokens
        return self._laid_out_bytes


class Int8Onednn(IntegerEngine):
    """A byte a weight, for prompts and single tokens alike; the sums leave the kernel whole, as float32."""

    name: Final = "int8-onednn"
    sentence: Final = Sentence(
        "one byte a weight, laid out for oneDNN and multiplied by torch's onednn.qlinear_pointwise",
        "每个权重占一个字节，按 oneDNN 的布局存放，由 torch 的 onednn.qlinear_pointwise 相乘",
    )
    exactness: Final[Exactness] = "exact"
    dtypes: Final = ("bfloat16", "float32")
    layer: Final[type[IntegerLinear]] = Int8OnednnLinear
