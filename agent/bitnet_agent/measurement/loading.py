"""The two loading stages, and the prompt made ready with the tokenizer that they give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..checkpoint.finding import Checkpoint
from ..checkpoint.model import load_model, load_tokenizer
from ..checkpoint.preflight import check_context
from ..checkpoint.prompting import EncodedPrompt, context_tokens, prepare_prompt
from ..display import Display
from ..engines.registry import find_engine
from ..machine.clock.clock import Clock
from ..plan import Plan
from .compiling import CompileWatch
from .context import Context
from .stages import StageMeasurement, measure_once


@dataclass
class Loaded:
    """What is in memory once loading is over, what loading took, and the watch over what torch compiles."""

    tokenizer: Any
    model: Any
    prompt: EncodedPrompt
    context: Context
    stages: list[StageMeasurement]
    compiles: CompileWatch


def load(
    checkpoint: Checkpoint, plan: Plan, clock: Clock, display: Display, now: Callable[[], float]
) -> Loaded:
    """Load tokenizer and model, each once and timed; the prompt is checked before the model is read.

    Raises:
        AgentError: a file is damaged, or the prompt does not fit the model.
    """
    tokenizer, load_tokenizer_stage = measure_once(
        "load_tokenizer", lambda: load_tokenizer(checkpoint), clock, now
    )
    prompt = prepare_prompt(tokenizer, plan.prompt)
    context_ids = context_tokens(tokenizer, plan.context_depth)
    check_context(checkpoint, len(prompt.ids), plan.decode_tokens, len(context_ids))
    engine, compiles = find_engine(plan.engine), CompileWatch()
    display.begin("load_model", checkpoint.nbytes)
    model, load_model_stage = measure_once(
        "load_model",
        lambda: load_model(checkpoint, plan.dtype, display.advance, engine.prepare),
        clock,
        now,
    )
    compiles.look(0, stage="load_model")
    stages = [load_tokenizer_stage, load_model_stage]
    return Loaded(tokenizer, model, prompt, Context(model, context_ids), stages, compiles)
