"""The option that every command has."""

from __future__ import annotations

import argparse


def add_language(group: argparse._ActionsContainer) -> None:
    """Add `--lang`."""
    group.add_argument("--lang", choices=("en", "zh"), help="English or Chinese (default: by the locale)")
