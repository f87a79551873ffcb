"""`torch._int_mm`: int8 × int8 summed in int32, for prefill and decode alike."""

from __future__ import annotations

from typing import ClassVar, Final

import torch

from ..measurement.traffic.forward_count import Moved
from .engine import Exactness, Sentence
from .integer_engine import IntegerEngine
from .integer_linear import IntegerLinear


class Int8MmLinear(IntegerLinear):
    """`signs` [out, in] int8, read as its transpose."""

    paths: ClassVar[tuple[int, ...]] = (1, 9)
    signs: torch.Tensor

    def pack(self, signs: torch.Tensor) -> None:
        """As they are."""
        self.register_buffer("signs", signs)

    def sums(self, numbers: torch.Tensor) -> torch.Tensor:
        """int32."""
        return torch._int_mm(numbers, self.signs.t())

    def sums_moved(self, tokens: int) -> tuple[Moved, ...]:
        """Every sign once."""
        return (Moved("weights", self.weight_bytes(tokens)),)

    def weight_bytes(self, tokens: int) -> int:
        """The signs."""
        del tokens
        return self.signs.nbytes


class Int8Mm(IntegerEngine):
    """A byte a weight; the sums leave the kernel as whole numbers."""

    name: Final = "int8-mm"
    sentence: Final = Sentence(
        "one byte a weight, multiplied as 8-bit integers by torch._int_mm",
        "每个权重占一个字节，由 torch._int_mm 按 8 位整数相乘",
    )
    exactness: Final[Exactness] = "exact"
    dtypes: Final = ("bfloat16", "float32")
    layer: Final[type[IntegerLinear]] = Int8MmLinear
