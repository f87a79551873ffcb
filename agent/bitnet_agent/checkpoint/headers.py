"""What the safetensors files of a checkpoint hold, read from their headers alone.

The format: eight bytes, little-endian, give the length of a JSON header; the header maps each tensor's
name to dtype, shape and offsets into the bytes that follow (safetensors' own README).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..errors import ModelError

_MAX_HEADER_BYTES = 100_000_000  # safetensors' own limit


@dataclass(frozen=True)
class TensorHeader:
    """A tensor as its file declares it: `dtype` such as BF16, `nbytes` on disk."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    nbytes: int

    @property
    def elements(self) -> int:
        """How many numbers the tensor holds."""
        return math.prod(self.shape)


def read_tensor_headers(directory: Path) -> list[TensorHeader]:
    """Read the headers of every safetensors file that the checkpoint in `directory` uses.

    Raises:
        ModelError: there is none, one that the index names is missing, or one is cut short.
    """
    return [header for file in _weight_files(directory) for header in _read_headers(file)]


def bytes_on_disk(headers: Iterable[TensorHeader]) -> int:
    """Bytes of all tensors as stored."""
    return sum(header.nbytes for header in headers)


def _weight_files(directory: Path) -> list[Path]:
    index = directory / "model.safetensors.index.json"
    if index.is_file():
        try:
            names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
            files = [directory / name for name in names]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"{index.name} cannot be read: {error}", _DOWNLOAD_AGAIN) from error
        missing = [file.name for file in files if not file.is_file()]
        if missing:
            raise ModelError(f"the checkpoint lacks {', '.join(missing)}", _DOWNLOAD_AGAIN)
        return files
    single = directory / "model.safetensors"
    if single.is_file():
        return [single]
    raise ModelError(
        f"{directory.resolve().name} holds no model.safetensors",
        "name a directory that holds config.json, tokenizer.json and model.safetensors",
    )


_DOWNLOAD_AGAIN = "fetch the checkpoint again: delete the damaged file and run once more"


def _read_headers(file: Path) -> list[TensorHeader]:
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if size < 8 or not 2 <= length <= min(_MAX_HEADER_BYTES, size - 8):
                raise ModelError(f"{file.name} is cut short or no safetensors file", _DOWNLOAD_AGAIN)
            raw = stream.read(length)
    except OSError as error:
        raise ModelError(f"{file.name} cannot be read: {error.strerror}", "check its permissions") from error
    try:
        entries = {key: value for key, value in json.loads(raw).items() if key != "__metadata__"}
        headers = [
            TensorHeader(
                name=name,
                dtype=str(entry["dtype"]),
                shape=tuple(int(n) for n in entry["shape"]),
                nbytes=int(entry["data_offsets"][1]) - int(entry["data_offsets"][0]),
            )
            for name, entry in entries.items()
        ]
        end = 8 + length + max((int(entry["data_offsets"][1]) for entry in entries.values()), default=0)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise ModelError(f"{file.name} has a damaged header", _DOWNLOAD_AGAIN) from error
    if size < end:
        raise ModelError(
            f"{file.name} is cut short: it has {size:,} bytes where its header promises {end:,}",
            _DOWNLOAD_AGAIN,
        )
    return headers
