"""The options of every command, checked as far as that can be done without looking at the machine."""

from .parsing import Options, parse

__all__ = ["Options", "parse"]
