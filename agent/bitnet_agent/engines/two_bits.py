"""Signs in two bits each, and the product with them: unpacked by four operations into bytes that are reused.

A byte holds four signs of one column, of rows that lie a quarter of the weight apart:

    bits 7 6      5 4      3 2      1 0
    sign (-1…1)   sign+1   sign+1   sign+1        row 3·n+i, 2·n+i, n+i, i

One mask, or one shift that carries the sign, brings a quarter out as 1, 4 or 16 times sign+1, or as the sign
itself; the factor is shifted out of the sums, and 1 × Σ activations is taken off them. Both are exact.
"""

from __future__ import annotations

import torch

from ..measurement.traffic.forward_count import Moved
from ..operators.regions import region

_MASKS = (0b11, 0b1100, 0b110000)


class TwoBits(torch.nn.Module):
    """`packed` [rows / 4, in] int8; rows of the weight a multiple of 4."""

    packed: torch.Tensor
    shifts: torch.Tensor

    def __init__(self, signs: torch.Tensor, workspace: Workspace) -> None:
        """Pack signs [out, in] (int8)."""
        super().__init__()
        self._workspace = workspace
        first, second, third, last = signs.view(4, -1, signs.shape[1])
        packed = (first + 1) | (second + 1) << 2 | (third + 1) << 4 | last << 6  # [out / 4, in]
        self.register_buffer("packed", packed)
        self.register_buffer("shifts", torch.tensor([0, 2, 4, 0], dtype=torch.int32).view(4, 1))

    def unpacked(self) -> torch.Tensor:
        """[4, out / 4, in] int8: sign+1, 4 × (sign+1), 16 × (sign+1), sign."""
        quarters = self._workspace.take(4 * self.packed.numel()).view(4, *self.packed.shape)
        for quarter, mask in zip(quarters, _MASKS, strict=False):
            torch.bitwise_and(self.packed, mask, out=quarter)
        torch.bitwise_right_shift(self.packed, 6, out=quarters[3])
        return quarters

    def sums(self, numbers: torch.Tensor) -> torch.Tensor:
        """[tokens, in] int8 → [tokens, out] int32."""
        with region("weight-quantization"):
            quarters = self.unpacked()
        product = torch._int_mm(numbers, quarters.view(-1, quarters.shape[-1]).t())  # [tokens, out]
        sums = product.view(len(numbers), 4, -1)
        sums >>= self.shifts
        sums[:, :3].sub_(numbers.sum(-1, dtype=torch.int32).view(-1, 1, 1))  # `-=` would copy them back, too
        return product

    def sums_moved(self, tokens: int) -> tuple[Moved, ...]:
        """What `sums` moves beside its argument and its result.

        The pairs are read once for each of their four weights, the bytes made of them by the product. All
        sums are shifted in place, and from three quarters of them the sum of the token's numbers is taken.
        """
        packed, features = self.packed.nbytes, self.packed.shape[1]
        unpacked, sums = 4 * packed, 4 * tokens * 4 * len(self.packed)
        changed = sums + sums * 3 // 4
        return (
            Moved("weights", packed + unpacked),
            Moved("weight-quantization", 3 * packed, unpacked),
            Moved("activations", changed + tokens * features, changed),
        )


class Workspace:
    """Bytes that one layer after the other unpacks into: as many as the largest needs, mapped only once."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._bytes = torch.empty(0, dtype=torch.int8)

    def take(self, count: int) -> torch.Tensor:
        """That many bytes, with anything in them."""
        if self._bytes.numel() < count:
            self._bytes = torch.empty(count, dtype=torch.int8)
        return self._bytes[:count]
