"""`_weight_int8pack_mm` for single tokens, `_int_mm` for prompts: both read the same int8 weights."""

from __future__ import annotations

from typing import ClassVar, Final

import torch

from .engine import Exactness, Sentence
from .int8_mm import Int8MmLinear
from .integer_engine import IntegerEngine
from .integer_linear import IntegerLinear


class Int8PackLinear(Int8MmLinear):
    """The kernel multiplies by a scale for each row as it goes: ones, so that its float32 sums stay whole."""

    columns: ClassVar[int] = 16
    ones: torch.Tensor

    def pack(self, signs: torch.Tensor) -> None:
        """As they are, and a scale of one for each row."""
        super().pack(signs)
        self.register_buffer("ones", torch.ones(self.out_features, dtype=torch.bfloat16))

    def type_for(self, tokens: int) -> torch.dtype:
        """bfloat16, which holds every whole number up to 256, for one token."""
        return torch.bfloat16 if tokens == 1 else torch.int8

    def sums(self, numbers: torch.Tensor) -> torch.Tensor:
        """bfloat16 for one token, int32 for more."""
        if numbers.dtype is torch.bfloat16:
            one: torch.Tensor = torch.ops.aten._weight_int8pack_mm(numbers, self.signs, self.ones)
            return one
        return super().sums(numbers)


class Int8Pack(IntegerEngine):
    """A byte a weight; single tokens are multiplied in float32, whose sums are exact here."""

    name: Final = "int8-pack"
    sentence: Final = Sentence(
        "one byte a weight, by torch's _weight_int8pack_mm for single tokens and _int_mm for prompts",
        "每个权重占一个字节，单个 token 用 torch 的 _weight_int8pack_mm，提示词用 _int_mm",
    )
    exactness: Final[Exactness] = "rounded"
    dtypes: Final = ("bfloat16",)  # the kernel is written for it: in float32 it runs 12 times slower
    layer: Final[type[IntegerLinear]] = Int8PackLinear
