"""From what the member names (a hub id, a directory, a stand-in) to a checkpoint on this disk."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from bitnet_report import hash_json

from ..errors import ModelError, UsageError
from ..plan import PUBLISHED_MODEL
from ..stand_in import Size, cached_stand_in, stand_in_size_of
from .headers import TensorHeader, bytes_on_disk, read_tensor_headers

STAND_IN_PREFIX = "stand-in:"

_ALLOWED_FILES = ["*.json", "*.safetensors", "tokenizer*"]
_PUBLISHED_POSITIONS = 4096
# Keys of config.json that say nothing about the computation.
_INERT_KEYS = {"_name_or_path", "auto_map", "transformers_version", "bitnet_stand_in", "torch_dtype", "dtype"}


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint that lies whole on this disk; `name` is what a report calls it."""

    directory: Path
    name: str
    revision: str | None
    weights: Literal["published", "stand-in", "local"]
    config: dict[str, Any]
    tensors: tuple[TensorHeader, ...]

    @property
    def nbytes(self) -> int:
        """Bytes of all tensors as stored."""
        return bytes_on_disk(self.tensors)

    @property
    def max_positions(self) -> int:
        """The longest sequence, in tokens, that the model was made for."""
        stated = self.config.get("max_position_embeddings")
        return stated if isinstance(stated, int) else _PUBLISHED_POSITIONS

    def sha256(self) -> str:
        """Hash of what shapes the computation: configuration and the tensors' names, types and shapes."""
        return hash_json(
            {
                "config": {k: v for k, v in self.config.items() if k not in _INERT_KEYS},
                "tensors": {t.name: [t.dtype, list(t.shape)] for t in self.tensors},
            }
        )


def find_checkpoint(
    model: str, revision: str | None = None, *, progress: Callable[[int, int], None] | None = None
) -> Checkpoint:
    """Make, find or download the checkpoint and check that it is one of BitNet.

    `progress` is told of a stand-in's making (bytes done, bytes in all); the hub's client shows its own.

    Raises:
        UsageError: `model` or `revision` cannot be meant.
        ModelError: it cannot be had, or is no BitNet checkpoint.
    """
    here = check_name(model, revision)
    if here is not None:
        return here
    if model.startswith(STAND_IN_PREFIX):
        size = model.removeprefix(STAND_IN_PREFIX)
        return _open(cached_stand_in(size, progress=progress), model, None, "stand-in")  # type: ignore[arg-type]
    return _from_hub(model, revision)


def check_name(model: str, revision: str | None) -> Checkpoint | None:
    """Refuse what is wrong by its name alone, nothing being fetched or made for it; give a directory's.

    Raises:
        UsageError: `model` or `revision` cannot be meant.
        ModelError: there is no directory of that name, or no BitNet checkpoint in it.
    """
    if model.startswith(STAND_IN_PREFIX):
        _check_size(model.removeprefix(STAND_IN_PREFIX))
        if revision is not None:
            raise UsageError("--revision belongs to a hub id, not to a stand-in", "leave --revision out")
    elif (directory := _directory(model)) is not None:
        if revision is not None:
            raise UsageError("--revision belongs to a hub id, not to a directory", "leave --revision out")
        return _local(directory)
    elif _looks_like_a_path(model):
        raise ModelError(
            f"there is no directory {model}", "check the path, or name a hub id such as " + PUBLISHED_MODEL
        )
    return None


def _directory(model: str) -> Path | None:
    """The directory of that name, or None; an empty name and a name that no file can have are none."""
    try:
        directory = Path(model).expanduser()
        return directory if model and directory.is_dir() else None
    except (OSError, RuntimeError):  # too long a name; a home directory of nobody's
        return None


def _check_size(size: str) -> None:
    if size not in get_args(Size):
        raise UsageError(
            f"there is no stand-in of size {size!r}",
            "choose one of " + ", ".join(STAND_IN_PREFIX + known for known in get_args(Size)),
        )


def _local(directory: Path) -> Checkpoint:
    size = stand_in_size_of(directory)
    if size is not None:
        return _open(directory, STAND_IN_PREFIX + size, None, "stand-in")
    # Only the last part: a report must not carry a path of the member's machine.
    return _open(directory, "local:" + directory.resolve().name, None, "local")


def _from_hub(model: str, revision: str | None) -> Checkpoint:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        GatedRepoError,
        HFValidationError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        directory = Path(snapshot_download(model, revision=revision, allow_patterns=_ALLOWED_FILES))
    except HFValidationError as error:
        raise UsageError(f"{model!r} is no hub id", "a hub id looks like " + PUBLISHED_MODEL) from error
    except GatedRepoError as error:
        raise ModelError(
            f"the hub gives {model} only to those with leave", "log in with `hf auth login`"
        ) from error
    except RevisionNotFoundError as error:
        raise ModelError(
            f"{model} has no revision {revision}", "leave --revision out for the newest"
        ) from error
    except RepositoryNotFoundError as error:
        raise ModelError(
            f"the hub has no model {model}", "check the spelling; the brief's is " + PUBLISHED_MODEL
        ) from error
    except LocalEntryNotFoundError as error:
        raise ModelError(
            f"{model} is not in the cache and the hub cannot be reached", _no_hub_remedy()
        ) from error
    except Exception as error:  # the client lets errors of its HTTP library through, and changes library
        raise ModelError(f"{model} could not be fetched: {_first_line(error)}", _no_hub_remedy()) from error
    return _open(directory, model, directory.name, "published")


def _open(
    directory: Path, name: str, revision: str | None, weights: Literal["published", "stand-in", "local"]
) -> Checkpoint:
    config_file = directory / "config.json"
    if not config_file.is_file():
        raise ModelError(
            f"{directory.resolve().name} is no checkpoint: it holds no config.json",
            "name a directory that holds config.json, tokenizer.json and model.safetensors",
        )
    try:
        config = json.loads(config_file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"config.json cannot be read: {error}", "fetch the checkpoint again") from error
    kind = config.get("model_type") if isinstance(config, dict) else None
    if kind != "bitnet":
        raise ModelError(
            f"{name} is a model of type {kind!r}, not 'bitnet'",
            "bitnet-agent profiles BitNet checkpoints such as " + PUBLISHED_MODEL,
        )
    return Checkpoint(directory, name, revision, weights, config, tuple(read_tensor_headers(directory)))


def _looks_like_a_path(model: str) -> bool:
    return model.startswith((".", "~")) or Path(model).is_absolute() or "\\" in model or model.count("/") > 1


def _no_hub_remedy() -> str:
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        return "unset HF_HUB_OFFLINE, or fetch the model first on a machine with a connection"
    endpoint = os.environ.get("HF_ENDPOINT")
    if endpoint:
        return f"check the connection and HF_ENDPOINT (now {endpoint})"
    return "check the connection, or set HF_ENDPOINT to a mirror (for example https://hf-mirror.com)"


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
