"""A BitLinear on whole numbers: ternary weights times 8-bit activations, scaled in the end.

published:  bf16( Σ bf16(a / s) · (β·t) )          a whole, |a| ≤ 128; t ∈ {-1, 0, 1}; s, β the two scales
here:       bf16( (Σ a · t) · β / s )              Σ a · t is a whole number, |Σ| ≤ 128 · features

The sum fits into float32 without rounding up to 2**24 / 128 = 131072 features.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar

import torch

from ..errors import EnvironmentFaultError, ModelError
from ..measurement.traffic.forward_count import ForwardCount, Moved
from ..operators.regions import region
from .activations import LARGEST, Quantizer, count_quantize
from .ternary import split
from .two_bits import Workspace

MOST_FEATURES = 2**24 // LARGEST
_CHECKED_ROWS = 16


@dataclass
class Shared:
    """What layers have in common: a quantiser with those given the same input, a workspace with all.

    `quantizes` tells the first of those, which is the one that really quantises, from the others.
    """

    quantizer: Quantizer = field(default_factory=Quantizer)
    workspace: Workspace = field(default_factory=Workspace)
    quantizes: bool = True


class IntegerLinear(torch.nn.Module, ABC):
    """One layer; a subclass packs the signs its kernel's way and forms the sums."""

    columns: ClassVar[int] = 1
    rows: ClassVar[int] = 1
    """The kernel takes weights [out, in] with in a multiple of `columns` and out of `rows`."""
    paths: ClassVar[tuple[int, ...]] = (1,)
    """A number of tokens for each way that the kernel may go: what is checked at load."""

    def __init__(self, layer: Any, quantized: torch.Tensor, shared: Shared) -> None:
        """Pack the quantised weight [out, in] and see that the kernel sums right on this machine.

        Raises:
            ModelError: the kernel does not take this shape.
            EnvironmentFaultError: it sums wrong.
        """
        super().__init__()
        self.in_features, self.out_features = layer.in_features, layer.out_features
        self.rms_norm, self.bias = layer.rms_norm, layer.bias
        self._refuse_other_shapes()
        self.number_size = quantized.itemsize
        signs, self.scale = split(quantized)
        self.shared = shared
        self.pack(signs)
        self._check(signs)

    @abstractmethod
    def pack(self, signs: torch.Tensor) -> None:
        """Keep the signs [out, in] (int8) in the kernel's form, as buffers."""

    def type_for(self, tokens: int) -> torch.dtype:
        """The type that the kernel wants that many rows of activations in: int8, unless it says otherwise."""
        del tokens
        return torch.int8

    @abstractmethod
    def sums(self, numbers: torch.Tensor) -> torch.Tensor:
        """[tokens, in], whole numbers in `type_for` → [tokens, out]: int32, float32 or bfloat16."""

    @abstractmethod
    def sums_moved(self, tokens: int) -> tuple[Moved, ...]:
        """What `sums` over that many tokens moves beside its argument and its result."""

    @abstractmethod
    def weight_bytes(self, tokens: int) -> int:
        """The bytes of weights that `sums` over that many tokens reads, each once."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[..., in] → [..., out]."""
        if self.rms_norm is not None:
            x = self.rms_norm(x)
        with region("activation-quantization"):
            numbers, step = self.shared.quantizer(x, self.type_for(x.numel() // self.in_features))
        y = (self.sums(numbers) * (step * self.scale)).to(x.dtype)  # [tokens, out]
        if self.bias is not None:
            y += self.bias
        return y.view(*x.shape[:-1], self.out_features)

    def count_forward(self, tokens: int) -> ForwardCount:
        """Every operation of `forward`, as if no cache held what one hands to the next."""
        taken = self.type_for(tokens)
        inputs, outputs = tokens * self.in_features, tokens * self.out_features
        sum_size = 2 if taken is torch.bfloat16 else 4
        # The sums leave the kernel, are multiplied by the scales in float32, and rounded to the model's type.
        rounded = 0 if self.number_size == 4 else outputs
        activations = Moved(
            "activations",
            inputs * taken.itemsize + outputs * sum_size + rounded * 4,
            outputs * (sum_size + 4) + rounded * self.number_size,
        )
        quantized = count_quantize(tokens, self.in_features, self.number_size, taken.itemsize)
        return ForwardCount(
            operations={"int8" if taken is torch.int8 else "float32": 2 * inputs * self.out_features},
            moved=(*self.sums_moved(tokens), *([quantized] if self.shared.quantizes else []), activations),
            distinct=self.weight_bytes(tokens),
            ternary_weights=self.in_features * self.out_features,
        )

    def _refuse_other_shapes(self) -> None:
        name = type(self).__name__
        if self.in_features % self.columns or self.out_features % self.rows:
            raise ModelError(
                f"the kernel of {name} takes weights in multiples of {self.rows} × {self.columns}, and this "
                f"model has one of {self.out_features} × {self.in_features}",
                "take the engine quantized-once",
            )
        if self.in_features > MOST_FEATURES:
            raise ModelError(
                f"{name} sums exactly up to {MOST_FEATURES} features, and this model has {self.in_features}",
                "take the engine quantized-once",
            )

    def _check(self, signs: torch.Tensor) -> None:
        """Hold some rows of real products against the sums in 64 bits: a kernel may return anything."""
        generator = torch.Generator().manual_seed(self.in_features)
        rows = torch.linspace(0, self.out_features - 1, _CHECKED_ROWS).long()
        for tokens in self.paths:
            x = torch.randint(-127, 128, (tokens, self.in_features), generator=generator)  # [tokens, in]
            expected = x @ signs[rows].long().T  # [tokens, rows]
            found = self.sums(x.to(self.type_for(tokens)))[:, rows]
            if not torch.equal(found, expected.to(found.dtype)):
                raise EnvironmentFaultError(
                    f"the kernel of {type(self).__name__} sums wrong on this machine for weights of "
                    f"{self.out_features} × {self.in_features}",
                    "take another engine, and report this with `bitnet-agent doctor`",
                )
