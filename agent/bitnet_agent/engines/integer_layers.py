"""Converting a model to layers on whole numbers, neighbours sharing what they are given."""

from __future__ import annotations

from typing import Any

import torch

from .activations import Quantizer
from .converting import convert_layers
from .engine import Advance
from .integer_linear import IntegerLinear, Shared
from .two_bits import Workspace

_GIVEN_ALIKE = {
    "q_proj": "attention", "k_proj": "attention", "v_proj": "attention",
    "gate_proj": "mlp", "up_proj": "mlp",
}  # fmt: skip
"""Projections that transformers' BitNet gives the very same tensor, one after the other."""


def convert_to_integers(
    model: torch.nn.Module, engine: str, kind: type[IntegerLinear], advance: Advance
) -> None:
    """Replace every BitLinear by one of that kind.

    Raises:
        AgentError: as `convert_layers`, or a shape or this machine does not suit the kernel.
    """
    quantizers: dict[str, Quantizer] = {}
    workspace = Workspace()

    def make(name: str, layer: Any, quantized: torch.Tensor) -> torch.nn.Module:
        parent, _, last = name.rpartition(".")
        shared = _GIVEN_ALIKE.get(last)
        if shared is None:
            return kind(layer, quantized, Shared(workspace=workspace))
        key = f"{parent}.{shared}"
        first = key not in quantizers
        quantizer = quantizers.setdefault(key, Quantizer())
        return kind(layer, quantized, Shared(quantizer, workspace, quantizes=first))

    convert_layers(model, engine, make, advance)
