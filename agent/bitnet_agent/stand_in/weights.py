"""The tensors of a stand-in: seeded random numbers, streamed into one safetensors file.

Standard library alone: Python's Mersenne Twister gives the bytes, a table turns each into one bfloat16. So
the same seed gives the same file with any version of torch and on any processor, which members who compare
their runs need; torch's own normal numbers differ between vector units. It is tied to
`random.Random.randbytes`, whose sequence has not changed since it was added in Python 3.9.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import random
import struct
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .sizes import SEED, tensor_shapes

Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes of the whole file."""

_CHUNK = 1 << 22
"""Numbers made at a time: 8 MiB of the file, and of memory."""

# How large the output of a matrix is, when its input is of size 1 (root mean square). Large queries and keys
# make attention choose rather than average, and a small output projection keeps what all positions share
# from drowning what each has of its own: without both, greedy decoding falls to repeating one token.
_GAIN = {"q_proj": 2.0, "k_proj": 2.0, "o_proj": 0.5}


def safetensors_header(config: Mapping[str, Any]) -> bytes:
    """Return all that stands before the numbers: 8 bytes of length, then JSON, padded to eights."""
    entries: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    offset = 0
    for name, shape in tensor_shapes(config).items():
        end = offset + 2 * math.prod(shape)
        entries[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(entries, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text


def weights_bytes(config: Mapping[str, Any]) -> int:
    """Return the size of the safetensors file, header included."""
    parameters = sum(math.prod(shape) for shape in tensor_shapes(config).values())
    return len(safetensors_header(config)) + 2 * parameters


def write_weights(config: Mapping[str, Any], path: Path, progress: Progress | None = None) -> None:
    """Write every tensor to `path`, some megabytes at a time, and have the disk confirm them.

    Raises:
        OSError: the file cannot be written.
    """
    total = weights_bytes(config)
    with path.open("wb") as file:
        file.write(safetensors_header(config))
        for name, shape in tensor_shapes(config).items():
            for numbers in tensor_numbers(name, shape):
                file.write(numbers)
                if progress is not None:
                    progress(file.tell(), total)
        file.flush()
        os.fsync(file.fileno())


def tensor_numbers(name: str, shape: tuple[int, ...]) -> Iterator[bytearray]:
    """Yield the bfloat16 numbers of one tensor, little-endian, row by row.

    The values are the 256 odd integers from -255 to 255 times a power of two, all equally likely, so that
    ternarisation (absmean) makes a quarter of them zero; those of a norm lie about 1.
    """
    low, high = _tables(name, shape)
    digest = hashlib.sha256(f"{SEED}:{name}".encode()).digest()
    twister = random.Random(int.from_bytes(digest, "big"))  # noqa: S311 - repeatable is what is wanted
    left = math.prod(shape)
    while left:
        count = min(left, _CHUNK)
        drawn = twister.randbytes(count)
        numbers = bytearray(2 * count)
        numbers[0::2] = drawn.translate(low)
        numbers[1::2] = drawn.translate(high)
        yield numbers
        left -= count


def _tables(name: str, shape: tuple[int, ...]) -> tuple[bytes, bytes]:
    """Return the low and the high byte of the bfloat16 that each drawn byte stands for."""
    if len(shape) == 1:
        values = [1 + odd * 2.0**-12 for odd in range(-255, 256, 2)]
    else:
        values = [odd * 2.0 ** -_exponent(name, shape[1]) for odd in range(-255, 256, 2)]
    # A bfloat16 is the upper half of a float32.
    halves = [struct.pack("<f", value)[2:] for value in values]
    return bytes(half[0] for half in halves), bytes(half[1] for half in halves)


def _exponent(name: str, inputs: int) -> int:
    """Return k such that odd integers times 2^-k give the matrix its gain.

    Ternarised, 3/4 of a row's weights are plus or minus 128 / 2^k: its gain is 128 sqrt(3/4 inputs) / 2^k.
    """
    if name == "model.embed_tokens.weight":
        return 13  # 0.018 root mean square, near the initializer_range of 0.02
    gain = _GAIN.get(name.split(".")[-2], 1.0)
    return round(math.log2(128 * math.sqrt(0.75 * inputs) / gain))
