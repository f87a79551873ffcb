"""Which module of a transformers model does which kind of work, by what it is called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bitnet_report import PROJECTIONS, OperatorKindName


@dataclass(frozen=True)
class Place:
    """One module to look into: time that no inner region claims is of `kind`.

    `last_part` is the kind of what follows its last inner region. `owner` is the BitLinear that the time is
    booked on, "" for every other module.
    """

    name: str
    module: Any
    kind: OperatorKindName
    owner: str = ""
    last_part: OperatorKindName | None = None


def places(model: Any) -> Iterator[Place]:
    """Every module that is looked into, the model itself first."""
    head = model.get_output_embeddings()
    for name, module in model.named_modules():
        last = name.rpartition(".")[2]
        if last in PROJECTIONS:
            yield _bitlinear(name, module)
        elif module is head:
            yield Place(name, module, "lm-head")
        else:
            kind = _kind(last, type(module).__name__)
            if kind is not None:
                yield Place(name or type(module).__name__, module, kind)


def _bitlinear(name: str, module: Any) -> Place:
    """A BitLinear of any engine; where the weight is quantised at every call, its end gives the copy back."""
    if quantizes_at_every_call(module):
        return Place(name, module, "framework", name, "freeing-temporaries")
    return Place(name, module, "bitlinear-matmul", name)


def quantizes_at_every_call(module: Any) -> bool:
    """Tell whether this is transformers' own layer, told by the checkpoint to quantise its weight online."""
    return type(module).__name__ == "AutoBitLinear" and bool(getattr(module, "online_quant", False))


def _kind(last: str, class_name: str) -> OperatorKindName | None:
    if class_name.endswith("Norm"):
        return "norms-activation"
    if class_name.endswith("RotaryEmbedding"):
        return "rotary-kv"
    if class_name.endswith("Attention"):
        return "attention"
    if last in ("mlp", "act_fn"):
        return "norms-activation"
    # The model, and each layer, which a trace shows.
    return "framework" if not last or class_name.endswith("DecoderLayer") else None
