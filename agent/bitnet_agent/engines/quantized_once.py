"""Each weight quantised a single time, at load, by the function that the published path calls every time."""

from __future__ import annotations

from typing import Any, Final

import torch
from torch.nn import functional

from ..checkpoint.bitnet_layers import bitnet
from ..measurement.traffic.forward_count import ForwardCount, Moved
from ..measurement.traffic.linear import count_activation_quantization, count_product, type_name
from .converting import convert_layers
from .engine import Advance, Exactness, Sentence


class QuantizedOnce:
    """The quantised weights kept in the model's own type; activations are quantised as ever."""

    name: Final = "quantized-once"
    sentence: Final = Sentence(
        "each weight quantised once, at load, and kept in the model's type: the same numbers",
        "加载时将每个权重量化一次，并以模型的数据类型保存：数值相同",
    )
    exactness: Final[Exactness] = "identical"
    dtypes: Final = ("bfloat16", "float32")

    def lacks(self) -> Sentence | None:
        """Nothing: it runs what the published path runs."""
        return None

    def prepare(self, model: torch.nn.Module, advance: Advance) -> None:
        """Put the quantised weight in place of each layer's own."""
        convert_layers(model, self.name, lambda _, layer, weight: DenseLinear(layer, weight), advance)


class DenseLinear(torch.nn.Module):
    """`AutoBitLinear.forward` without its `WeightQuant`: the same calls with the same numbers."""

    def __init__(self, layer: Any, quantized: torch.Tensor) -> None:
        """Keep the quantised weight [out, in]; norm and bias are the layer's own."""
        super().__init__()
        self.in_features, self.out_features = layer.in_features, layer.out_features
        self.rms_norm = layer.rms_norm
        self.weight = torch.nn.Parameter(quantized, requires_grad=False)
        self.bias = layer.bias

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[..., in] → [..., out]."""
        if self.rms_norm is not None:
            x = self.rms_norm(x)
        return functional.linear(bitnet.ActQuant.apply(x), self.weight, self.bias)

    def count_forward(self, tokens: int) -> ForwardCount:
        """`ActQuant`, and the product with a weight that is read once; e bytes a number, as in `linear`."""
        size = self.weight.itemsize
        operations, activations = count_product(self, tokens, size)
        return ForwardCount(
            operations={type_name(self.weight.dtype): operations},
            moved=(
                Moved("weights", self.weight.nbytes),
                count_activation_quantization(tokens, self.in_features, size),
                activations,
            ),
            distinct=self.weight.nbytes,
            ternary_weights=self.weight.numel(),
        )
