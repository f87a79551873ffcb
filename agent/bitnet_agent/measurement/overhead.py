"""What the instruments cost: the measured decode loop against a bare one, turn by turn in one process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import torch

from bitnet_report import Malloc
from bitnet_report.statistics import bootstrap_replicas, interval_of

from ..machine.allocator import malloc_in_effect
from .generation import generate, prefill
from .loading import Loaded
from .workbench import Workbench


@dataclass(frozen=True)
class Overhead:
    """Reported ÷ bare decode time, pair by pair, and what lies outside the timed steps.

    `low` and `high` bound the median ratio at 95 %. `between_steps` is the share of the measured loop's wall
    time that is spent between steps (progress), which no reported figure contains. `token_ms` is what a token
    takes in the bare loop (median): the quicker an engine, the more the same instruments weigh.
    """

    engine: str
    malloc: Malloc
    token_ms: float
    ratios: list[float]
    ratio: float
    low: float
    high: float
    between_steps: float


def measure_overhead(bench: Workbench, loaded: Loaded, pairs: int) -> Overhead:
    """Run both loops `pairs` times, in alternating order so that a drifting machine favours neither.

    The model must be warm. Raises nothing of its own.
    """
    ratios, between, tokens = [], [], []
    for pair in range(pairs):
        if pair % 2:
            bare_ms = _bare(bench, loaded)
            measured_ms, wall_ms = _measured(bench, loaded)
        else:
            measured_ms, wall_ms = _measured(bench, loaded)
            bare_ms = _bare(bench, loaded)
        ratios.append(measured_ms / bare_ms)
        between.append(1 - measured_ms / wall_ms)
        tokens.append(bare_ms / bench.plan.decode_tokens)
    low, high = interval_of(bootstrap_replicas([ratios]))
    return Overhead(
        engine=bench.plan.engine,
        malloc=malloc_in_effect(),
        token_ms=median(tokens),
        ratios=ratios,
        ratio=median(ratios),
        low=low,
        high=high,
        between_steps=median(between),
    )


def _measured(bench: Workbench, loaded: Loaded) -> tuple[float, float]:
    """The decode time (ms) as a report gives it, and the same loop's time by an outer clock."""
    marks: list[float] = []

    def between_steps() -> None:
        marks.append(bench.now())
        bench.display.advance(1)

    generation = generate(
        loaded.model,
        loaded.prompt.ids,
        bench.plan.decode_tokens,
        now=bench.now,
        cache=loaded.context.new_cache(),
        between_steps=between_steps,
    )
    # The first mark is after prefill, before its progress is told.
    return generation.decode_ms, (marks[-1] - marks[0]) * 1000


@torch.inference_mode()
def _bare(bench: Workbench, loaded: Loaded) -> float:
    """The same decode loop with nothing in it but the forward and the choice of the token (ms)."""
    model: Any = loaded.model
    now: Callable[[], float] = bench.now
    state = prefill(model, loaded.prompt.ids, loaded.context.new_cache())
    token, cache = state.token, state.cache
    start = now()
    for _ in range(bench.plan.decode_tokens):
        logits = model(input_ids=token, past_key_values=cache, use_cache=True, logits_to_keep=1).logits
        token = logits.argmax(dim=-1)
    return (now() - start) * 1000
