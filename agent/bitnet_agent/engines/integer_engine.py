"""An engine whose layers sum whole numbers: its file adds a name, a sentence and the kind of layer."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch

from .engine import Advance, Sentence
from .integer_layers import convert_to_integers
from .integer_linear import IntegerLinear
from .kernel_trial import complaint_of_kernel


class IntegerEngine(ABC):
    """The part of `engine.Engine` that follows from the kind of layer."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What `--engine` calls it."""

    @property
    @abstractmethod
    def layer(self) -> type[IntegerLinear]:
        """What every BitLinear becomes."""

    def lacks(self) -> Sentence | None:
        """A torch that has the kernel, and a machine on which it sums right."""
        return complaint_of_kernel(self.layer)

    def prepare(self, model: torch.nn.Module, advance: Advance) -> None:
        """Replace every BitLinear."""
        convert_to_integers(model, self.name, self.layer, advance)
