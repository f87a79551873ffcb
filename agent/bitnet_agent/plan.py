"""What one run is to do, settled before anything is measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bitnet_report import MALLOCS

SUITE_VERSION = 1
"""Raised whenever the fixed prompt or the meaning of a stage changes: older runs are then other work."""

PUBLISHED_MODEL = "microsoft/bitnet-b1.58-2B-4T-bf16"
DEFAULT_PROMPT_TOKENS = 128
DEFAULT_DECODE_TOKENS = 32
DEFAULT_REPETITIONS = 3
DEFAULT_REFERENCE_MHZ = 3000.0
PROCESSES = 3
"""Fresh processes of a rigorous run: address layout and page placement are drawn anew in each."""
Effort = Literal["quick", "standard", "rigorous"]
DEFAULT_ENGINE = "published"
DTYPES = ("bfloat16", "float32")


@dataclass(frozen=True)
class Prompt:
    """The text to run: `text` None means the text that the package holds.

    `tokens` cuts it to that many token ids; None takes a given text whole.
    """

    text: str | None = None
    tokens: int | None = DEFAULT_PROMPT_TOKENS


@dataclass(frozen=True)
class Plan:
    """One run's settings; clocks in MHz; `context_depth` tokens are in the KV cache before the prompt.

    `effort` quick is one repetition after two of warm-up; rigorous is `PROCESSES` fresh processes. A budget
    (seconds) shortens or repeats the work to fit. `operators` asks for a pass that takes forwards apart, or
    forbids it; None leaves it to the budget. `engine` names one of `engines.registry`; `malloc` is
    what a process of its own is started with, a running one cannot change it.
    """

    model: str = PUBLISHED_MODEL
    revision: str | None = None
    prompt: Prompt = field(default_factory=Prompt)
    decode_tokens: int = DEFAULT_DECODE_TOKENS
    context_depth: int = 0
    repetitions: int = DEFAULT_REPETITIONS
    threads: int | None = None
    dtype: str = "bfloat16"
    reference_mhz: float = DEFAULT_REFERENCE_MHZ
    clock_mhz: float | None = None
    member: str | None = None
    note: str | None = None
    effort: Effort = "standard"
    budget_s: float | None = None
    pin: bool = False
    engine: str = DEFAULT_ENGINE
    malloc: str = MALLOCS[0]
    include_host: bool = False
    operators: bool | None = None
    limits: bool = True
