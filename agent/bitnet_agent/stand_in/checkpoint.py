"""A stand-in as a directory: whole under its name, or not there at all."""

from __future__ import annotations

import json
import secrets
import shutil
from pathlib import Path
from typing import Any

from ..errors import EnvironmentFaultError, UsageError
from .sizes import MARKER, SIZES, Size, config_of
from .tokenizer import write_tokenizer
from .weights import Progress, weights_bytes, write_weights

WEIGHTS = "model.safetensors"

_SPARE = 100 * 10**6
"""Bytes left free on the disk beside the weights; the tokenizer takes 6 MB of them."""


def write_stand_in(size: Size, out: Path, *, progress: Progress | None = None) -> Path:
    """Write a checkpoint of seeded random weights to `out`, new or empty, and return its real path.

    It is made in a hidden directory beside `out` and renamed at the end. `progress` hears the bytes done
    and the bytes of the whole weights file (4.8 GB for `2b4t`, 7 MB for `tiny`).

    Raises:
        UsageError: `out` is a file or holds something.
        EnvironmentFaultError: there is no room, or the place cannot be written.
    """
    config = config_of(size)
    partial: Path | None = None
    try:
        out = out.expanduser().resolve()
        _require_vacant(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        _require_room(out.parent, weights_bytes(config) + _SPARE)
        partial = out.with_name(partial_name(out.name, secrets.token_hex(6)))
        partial.mkdir()
        _fill(config, partial, progress)
        _publish(partial, out)
    except OSError as error:
        raise EnvironmentFaultError(
            f"the stand-in cannot be written to {out}: {error.strerror or error}",
            "choose a directory on a disk that is writable and has room",
        ) from error
    finally:
        if partial is not None:
            shutil.rmtree(partial, ignore_errors=True)
    return out


def partial_name(name: str, token: str) -> str:
    """Name the directory in which the checkpoint `name` is made; a `token` of `*` gives a pattern."""
    return f".{name}.{token}.partial"


def stand_in_size_of(directory: Path) -> Size | None:
    """Return the size of the stand-in in `directory`, wherever it lies; None for anything else."""
    try:
        config = json.loads((directory / "config.json").read_bytes())
    except (OSError, ValueError):
        return None
    mark = config.get(MARKER) if isinstance(config, dict) else None
    named = mark.get("size") if isinstance(mark, dict) else None
    return next((size for size in SIZES if size == named), None)


def is_whole(directory: Path, size: Size) -> bool:
    """Tell whether `directory` holds the stand-in as this version makes it, and all of its weights."""
    config = config_of(size)
    try:
        return (
            json.loads((directory / "config.json").read_bytes()) == config
            and (directory / WEIGHTS).stat().st_size == weights_bytes(config)
            and all((directory / name).is_file() for name in ("tokenizer.json", "tokenizer_config.json"))
        )
    except (OSError, ValueError):
        return False


def _fill(config: dict[str, Any], directory: Path, progress: Progress | None) -> None:
    """Write the files; the configuration, by which a checkpoint is known, comes last."""
    write_tokenizer(config, directory)
    write_weights(config, directory / WEIGHTS, progress)
    generation = {"_from_model_config": True} | {key: config[key] for key in ("bos_token_id", "eos_token_id")}
    for name, content in (("generation_config.json", generation), ("config.json", config)):
        (directory / name).write_bytes(json.dumps(content, indent=2).encode())


def _publish(partial: Path, out: Path) -> None:
    try:
        if out.exists():
            out.rmdir()  # Windows renames onto nothing that exists
        partial.rename(out)
    except OSError:
        _require_vacant(out)  # somebody else may have been faster
        raise


def _require_vacant(out: Path) -> None:
    if out.is_dir() and not any(out.iterdir()):
        return
    if out.exists():
        what = "is not empty" if out.is_dir() else "is a file"
        raise UsageError(f"{out} {what}; a stand-in needs a directory of its own", "name a new directory")


def _require_room(directory: Path, needed: int) -> None:
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise EnvironmentFaultError(
            f"the stand-in needs {needed / 1e9:.1f} GB, and {directory} has {free / 1e9:.1f} GB free",
            "free some space, or choose a directory on another disk",
        )
