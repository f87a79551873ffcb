"""One verb a file. Each has `add_parser(commands)`, which adds its parser and names its `run` as the default.

A verb's module is imported to show its help, so it imports what is heavy (FastAPI, SQLModel) inside `run`.
"""

from __future__ import annotations

import argparse
import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_verbs(commands: Commands) -> None:
    """Add every verb of this folder, by name."""
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda found: found.name):
        import_module(f"{__name__}.{module.name}").add_parser(commands)
