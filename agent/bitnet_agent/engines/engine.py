"""What an engine is: another way to compute the BitLinear layers of the same loaded model.

A new one (a packed 2-bit kernel, say) is one more file with a class of this shape, and a line in `registry`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    import torch

Advance = Callable[[int], None]
"""Told how many more bytes of the checkpoint's weights are dealt with."""

Exactness = Literal["reference", "identical", "exact", "rounded"]
"""What an engine's product is, held against the published one:

- `reference`: it is the published one.
- `identical`: the same numbers by the same kernels, bit for bit.
- `exact`: the sum of weight × activation is a whole number, formed without any rounding; the scales are
  applied to it in float32, in the end. The published product rounds every activation before it sums.
- `rounded`: as `exact`, but the kernel hands the whole number out rounded to bfloat16: two roundings in all.
"""


class Sentence(NamedTuple):
    """One sentence in both languages."""

    en: str
    zh: str

    def within(self, language: Literal["en", "zh"]) -> str:
        """The sentence in that language."""
        return self.en if language == "en" else self.zh


class Engine(Protocol):
    """One way to compute; `dtypes` are the types (torch's names) that it can run a model in."""

    @property
    def name(self) -> str:
        """What `--engine` calls it and `workload.engine` says."""
        ...

    @property
    def sentence(self) -> Sentence:
        """What it does."""
        ...

    @property
    def exactness(self) -> Exactness:
        """How its product relates to the published one."""
        ...

    @property
    def dtypes(self) -> tuple[str, ...]:
        """The types that it can run a model in."""
        ...

    def lacks(self) -> Sentence | None:
        """What this machine's torch lacks to run it, in words; None if nothing."""
        ...

    def prepare(self, model: torch.nn.Module, advance: Advance) -> None:
        """Change the loaded model in place, layer by layer, each old weight let go before the next one.

        `advance` hears of each weight's bytes as the checkpoint has them. The layers put in have
        `in_features`, `out_features` and `count_forward(tokens)`, which says what bytes and operations a
        forward over that many tokens takes (`measurement.traffic`).

        Raises:
            AgentError: the model is not one that it can change, or a kernel computes wrong on this machine.
        """
        ...
