"""The default: what the checkpoint declares, untouched."""

from __future__ import annotations

from typing import Final

import torch

from .engine import Advance, Exactness, Sentence


class Published:
    """transformers' own layers: every weight is quantised again at every forward."""

    name: Final = "published"
    sentence: Final = Sentence(
        "what the checkpoint declares, untouched: every weight is quantised again at every forward",
        "按模型文件的声明原样运行：每次前向都重新量化全部权重",
    )
    exactness: Final[Exactness] = "reference"
    dtypes: Final = ("bfloat16", "float32")

    def lacks(self) -> Sentence | None:
        """Nothing: it is what the agent needs anyway."""
        return None

    def prepare(self, model: torch.nn.Module, advance: Advance) -> None:
        """Leave the model as it is."""
