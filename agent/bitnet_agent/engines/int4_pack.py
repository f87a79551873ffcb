"""`_weight_int4pack_mm_for_cpu` for single tokens; prompts unpack two-bit weights for `_int_mm`."""

from __future__ import annotations

from functools import cache
from typing import ClassVar, Final

import torch

from ..measurement.traffic.forward_count import Moved
from .engine import Exactness, Sentence
from .integer_engine import IntegerEngine
from .integer_linear import IntegerLinear
from .two_bits import TwoBits

_FEW_TOKENS = 8
"""Up to here the four-bit kernel, whose time grows with the tokens, is faster than unpacking."""
_GROUP = 128
_MIDDLE = 8  # the kernel reads a nibble n as n - 8
_INNER_TILES = 2  # how tightly other devices tile; the CPU's packing takes any and ignores it


class Int4PackLinear(IntegerLinear):
    """Nibbles in the kernel's own order; scale one and zero nought, so that its float32 sums stay whole."""

    columns: ClassVar[int] = _GROUP
    rows: ClassVar[int] = 64
    paths: ClassVar[tuple[int, ...]] = (1, _FEW_TOKENS + 1)
    nibbles: torch.Tensor
    ones: torch.Tensor

    def pack(self, signs: torch.Tensor) -> None:
        """Both forms."""
        nibbles = torch.ops.aten._convert_weight_to_int4pack_for_cpu(signs.int() + _MIDDLE, _INNER_TILES)
        self.register_buffer("nibbles", nibbles)
        self.register_buffer("ones", _ones(self.in_features // _GROUP, self.out_features))
        self.pairs = TwoBits(signs, self.shared.workspace)

    def type_for(self, tokens: int) -> torch.dtype:
        """bfloat16, which holds every whole number up to 256, for few tokens."""
        return torch.bfloat16 if tokens <= _FEW_TOKENS else torch.int8

    def sums(self, numbers: torch.Tensor) -> torch.Tensor:
        """bfloat16 for few tokens, int32 for more."""
        if numbers.dtype is torch.bfloat16:
            few: torch.Tensor = torch.ops.aten._weight_int4pack_mm_for_cpu(
                numbers, self.nibbles, _GROUP, self.ones
            )
            return few
        return self.pairs.sums(numbers)

    def sums_moved(self, tokens: int) -> tuple[Moved, ...]:
        """The nibbles and their ones; or what the pairs take."""
        if tokens <= _FEW_TOKENS:
            return Moved("weights", self.nibbles.nbytes), Moved("weights", self.ones.nbytes)
        return self.pairs.sums_moved(tokens)

    def weight_bytes(self, tokens: int) -> int:
        """The nibbles, or the pairs."""
        return self.nibbles.nbytes if tokens <= _FEW_TOKENS else self.pairs.packed.nbytes


class Int4Pack(IntegerEngine):
    """Half a byte a weight for single tokens, and a quarter of one for prompts."""

    name: Final = "int4-pack"
    sentence: Final = Sentence(
        "half a byte a weight, by torch's _weight_int4pack_mm_for_cpu for single tokens; prompts by _int_mm",
        "每个权重占半个字节，单个 token 用 torch 的 _weight_int4pack_mm_for_cpu，提示词用 _int_mm",
    )
    exactness: Final[Exactness] = "rounded"
    dtypes: Final = ("bfloat16",)  # the kernel is written for it: in float32 it runs 35 times slower
    layer: Final[type[IntegerLinear]] = Int4PackLinear


@cache
def _ones(groups: int, rows: int) -> torch.Tensor:
    """[groups, rows, 2]: scale one and zero nought of each group of each row, shared by layers."""
    ones = torch.zeros(groups, rows, 2, dtype=torch.bfloat16)
    ones[..., 0] = 1
    return ones
