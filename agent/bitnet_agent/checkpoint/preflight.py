"""What would fail minutes into a run, found before it starts."""

from __future__ import annotations

from bitnet_report import MB

from ..errors import EnvironmentFaultError, UsageError
from ..machine.processor.limits import available_memory_mb
from ..plan import Plan
from .finding import Checkpoint

_BYTES = {"bfloat16": 2, "float32": 4}
_STORED_AS = {"bfloat16": "BF16", "float32": "F32"}
_WORKING_SET_MB = 1024
"""Beside the weights: Python, torch and transformers (about 450 MB), a layer's temporaries, the KV cache."""


def check_context(
    checkpoint: Checkpoint, prompt_tokens: int, decode_tokens: int, context_depth: int = 0
) -> None:
    """Refuse a run longer than the positions that the model knows.

    Raises:
        UsageError: context, prompt and decode tokens together exceed `max_position_embeddings`.
    """
    total = context_depth + prompt_tokens + decode_tokens
    if total > checkpoint.max_positions:
        before = f"{context_depth} tokens of context, " if context_depth else ""
        raise UsageError(
            f"{before}{prompt_tokens} prompt and {decode_tokens} decode tokens make {total}, "
            f"and the model has {checkpoint.max_positions} positions",
            "lower --prompt-tokens or --decode-tokens" + (" or --context-depth" if context_depth else ""),
        )


def check_memory(checkpoint: Checkpoint, plan: Plan) -> None:
    """Refuse a model that this machine cannot hold, judged by the headers of its weights.

    Raises:
        EnvironmentFaultError: too little memory is available.
    """
    needed = needed_memory_mb(checkpoint, plan.dtype)
    available = available_memory_mb()
    if needed > available:
        raise EnvironmentFaultError(
            f"{checkpoint.name} as {plan.dtype} needs about {needed:,.0f} MB of memory, "
            f"and {available:,.0f} MB are available",
            "close other programs, or use a machine with more memory",
        )


def needed_memory_mb(checkpoint: Checkpoint, dtype: str) -> float:
    """Estimate the peak (MB): the weights, a second copy where they must be converted, and a working set."""
    converted = sum(t.elements * _BYTES[dtype] for t in checkpoint.tensors if t.dtype != _STORED_AS[dtype])
    return (checkpoint.nbytes + converted) / MB + _WORKING_SET_MB
