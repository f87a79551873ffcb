"""`torch._int_mm`: int8 × int8 summed in int32, for prefill and decode alike."""

from __future__ import annotations

from typing import ClassVar, Final

import torch

from ..measurement.traffic.forward_count import Moved
from .engine import Advance, Exactness, Sentence
from .integer_layers import convert_to_integers
from .integer_linear import IntegerLinear
from .kernel_trial import complaint_of_kernel


class Int8Mm:
    """A byte a weight; the sums leave the kernel as whole numbers."""

    name: Final = "int8-mm"
    sentence: Final = Sentence(
        "one byte a weight, multiplied as 8-bit integers by torch._int_mm",
        "每个权重占一个字节，由 torch._int_mm 按 8 位整数相乘",
    )
    exactness: Final[Exactness] = "exact"
    dtypes: Final = ("bfloat16", "float32")

    def lacks(self) -> Sentence | None:
        """A torch that has the kernel."""
        return complaint_of_kernel(Int8MmLinear)

    def prepare(self, model: torch.nn.Module, advance: Advance) -> None:
        """Keep each weight's signs as int8."""
        convert_to_integers(model, self.name, Int8MmLinear, advance)


class Int8MmLinear(IntegerLinear):
    """`signs` [out, in] int8, read as its transpose."""

    paths: ClassVar[tuple[int, ...]] = (1, 9)
    signs: torch.Tensor

    def pack(self, signs: torch.Tensor) -> None:
        """As they are."""
        self.register_buffer("signs", signs)

    def type_for(self, tokens: int) -> torch.dtype:
        """int8, always."""
        del tokens
        return torch.int8

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
