"""Whether this machine has an engine's kernel and sums right with it, tried on one small layer."""

from __future__ import annotations

from types import SimpleNamespace

import torch

from ..errors import AgentError
from .engine import Sentence
from .integer_linear import IntegerLinear, Shared

_OUT, _IN = 128, 256


def complaint_of_kernel(kind: type[IntegerLinear]) -> Sentence | None:
    """Make a layer of that kind, which checks itself: what is wrong with it, or None."""
    generator = torch.Generator().manual_seed(_OUT)
    quantized = torch.randint(-1, 2, (_OUT, _IN), generator=generator).to(torch.bfloat16)
    layer = SimpleNamespace(in_features=_IN, out_features=_OUT, rms_norm=None, bias=None)
    try:
        with torch.no_grad():
            kind(layer, quantized, Shared())
    except AgentError as error:
        return Sentence(error.message, f"本机无法使用该算子（{error.message}）")
    except (RuntimeError, AttributeError, NotImplementedError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        return Sentence(
            f"torch {torch.__version__} has no such kernel here: {reason}",
            f"torch {torch.__version__} 在本机没有所需的算子：{reason}",
        )
    return None
