"""Bringing a loaded model's BitLinear layers into an engine's form, never with two copies of the weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ..checkpoint.bitnet_layers import bitnet
from ..errors import ModelError
from .engine import Advance
from .mapped_pages import let_go

MakeLayer = Callable[[str, Any, torch.Tensor], torch.nn.Module]
"""A layer's name, the layer, its quantised weight [out, in] in the model's type → the engine's layer."""


def convert_layers(model: torch.nn.Module, engine: str, make: MakeLayer, advance: Advance) -> None:
    """Replace every layer that quantises its weight online, in the order in which they run.

    That order is the one in which the published path first meets the shapes, so `WeightQuant` is compiled for
    the same ones, and gives the same bits.

    Raises:
        ModelError: the model has no such layer.
    """
    found = [(name, module) for name, module in model.named_modules() if quantizes_online(module)]
    if not found:
        raise ModelError(
            f"the engine {engine} quantises weights at load, and this checkpoint has none to quantise",
            "leave --engine out",
        )
    while found:
        name, module = found.pop(0)
        weight = module.weight
        with torch.no_grad():
            layer = make(name, module, bitnet.WeightQuant.apply(weight))
        model.set_submodule(name, layer.eval())
        del module
        let_go(weight)
        advance(weight.nbytes)


def quantizes_online(module: torch.nn.Module) -> bool:
    """Tell whether this is transformers' layer that quantises its weight at every forward."""
    return isinstance(module, bitnet.AutoBitLinear) and bool(module.online_quant)
