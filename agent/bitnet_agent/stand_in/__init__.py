"""Checkpoints that stand in for the published one: the same architecture and files, with random weights."""

from __future__ import annotations

from .cache import cached_stand_in
from .checkpoint import stand_in_size_of, write_stand_in
from .sizes import SIZES, Size

__all__ = ["SIZES", "Size", "cached_stand_in", "stand_in_size_of", "write_stand_in"]
