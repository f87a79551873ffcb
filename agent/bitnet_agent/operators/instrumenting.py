"""Marks around a loaded model's modules and functions, for as long as a block lasts.

Modules get a `forward` of their own, and the functions that transformers calls by name are replaced where
they are looked up. torch computes on the CPU before a call returns, so the clock around a call is its time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from types import SimpleNamespace
from typing import Any

from bitnet_report import OperatorKindName

from .classifying import Place, places
from .regions import Recorder, listening


@contextmanager
def instrumented(model: Any, recorder: Recorder) -> Iterator[None]:
    """Have `recorder` hear of every module and marked function of `model`; all is as before afterwards."""
    with ExitStack() as undo:
        undo.enter_context(listening(recorder))
        for place in places(model):
            _replace(undo, place.module, "forward", _around_module(place, recorder))
        for owner, name, kind in _functions(model):
            if hasattr(owner, name):  # not every version of transformers has every one
                _replace(undo, owner, name, _around_call(getattr(owner, name), kind, recorder))
        _mark_products(undo, recorder)
        yield


def _around_module(place: Place, recorder: Recorder) -> Callable[..., Any]:
    forward, enter, leave = place.module.forward, recorder.enter, recorder.leave
    kind, owner, name, last_part = place.kind, place.owner, place.name, place.last_part

    @wraps(forward)
    def marked(*arguments: Any, **named: Any) -> Any:
        enter(kind, owner, name)
        try:
            # What `forward` leaves behind is freed before the region ends: its frame is gone by then.
            return forward(*arguments, **named)
        finally:
            leave(last_part)

    return marked


def _around_call(
    function: Callable[..., Any], kind: OperatorKindName, recorder: Recorder
) -> Callable[..., Any]:
    enter, leave = recorder.enter, recorder.leave

    @wraps(function)
    def marked(*arguments: Any, **named: Any) -> Any:
        enter(kind)
        try:
            return function(*arguments, **named)
        finally:
            leave()

    return marked


def _functions(model: Any) -> Iterator[tuple[Any, str, OperatorKindName]]:
    """Where transformers looks a function up, its name there, and what it does."""
    from transformers.cache_utils import DynamicCache

    from ..checkpoint.bitnet_layers import bitnet

    yield bitnet, "unpack_weights", "weight-quantization"
    yield bitnet.BitLinear, "activation_quant", "activation-quantization"
    yield DynamicCache, "update", "rotary-kv"
    yield sys.modules[type(model).__module__], "apply_rotary_pos_emb", "rotary-kv"


def _mark_products(undo: ExitStack, recorder: Recorder) -> None:
    """Mark what `AutoBitLinear.forward` is made of: the two quantisations and the product."""
    from ..checkpoint.bitnet_layers import bitnet

    kinds: tuple[tuple[Any, OperatorKindName], ...] = (
        (bitnet.WeightQuant, "weight-quantization"),
        (bitnet.ActQuant, "activation-quantization"),
    )
    for quantization, kind in kinds:
        # `apply` is inherited and bound to the class: a plain function takes its place.
        _replace(undo, quantization, "apply", staticmethod(_around_call(quantization.apply, kind, recorder)))
    functional = vars(bitnet)["F"]
    linear = _around_call(functional.linear, "bitlinear-matmul", recorder)
    # A namespace for that module alone: torch's own stays as it is for everything else.
    _replace(undo, bitnet, "F", SimpleNamespace(**{**vars(functional), "linear": linear}))


def _replace(undo: ExitStack, owner: Any, name: str, value: Any) -> None:
    """Set an attribute, and put back what was there, or nothing where it was inherited."""
    own = vars(owner)
    had, before = name in own, own.get(name)
    setattr(owner, name, value)
    if had:
        undo.callback(setattr, owner, name, before)
    else:
        undo.callback(delattr, owner, name)
