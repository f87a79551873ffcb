"""Loading through transformers, to the point where the model is really in memory.

`from_pretrained` maps the weight files and reads next to nothing; the first forward would then pay for
the reading. So loading ends here only when every page of every weight is resident.
"""

from __future__ import annotations

import mmap
import os
import warnings
from collections.abc import Callable, Container, Iterator
from typing import TYPE_CHECKING, Any

from ..errors import ModelError
from .finding import Checkpoint

if TYPE_CHECKING:
    import torch

Advance = Callable[[int], None]
"""Told how many more bytes of the weights are dealt with."""
Prepare = Callable[["torch.nn.Module", Advance], None]
"""Changes a loaded model in place, as an engine does."""


def leave_as_it_is(model: torch.nn.Module, advance: Advance) -> None:
    """Change nothing."""


def import_libraries() -> None:
    """Import torch and transformers now, so that no stage is charged for it, and quieten what they print."""
    os.environ.setdefault("KINETO_LOG_LEVEL", "99")  # torch's profiler prints to the terminal otherwise
    import transformers

    # transformers imports late, by name: these bring all that loading a tokenizer and a BitNet model needs.
    from transformers import (  # noqa: F401
        AutoModelForCausalLM,
        AutoTokenizer,
        BitNetForCausalLM,
        EncoderDecoderConfig,
        PreTrainedTokenizerFast,
    )
    from transformers.integrations import accelerate  # noqa: F401

    from . import bitnet_layers  # noqa: F401

    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    warnings.filterwarnings("ignore", module=r"torch\..*")


def set_threads(threads: int) -> None:
    """Let torch compute on that many threads."""
    import torch

    torch.set_num_threads(threads)


def load_tokenizer(checkpoint: Checkpoint) -> Any:
    """Load the checkpoint's own tokenizer.

    Raises:
        ModelError: its files are missing or damaged.
    """
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(str(checkpoint.directory), trust_remote_code=False)
    except Exception as error:  # tokenizers raises bare Exception for a damaged file
        raise ModelError(
            f"the tokenizer of {checkpoint.name} cannot be loaded: {_first_line(error)}",
            "fetch tokenizer.json and tokenizer_config.json again",
        ) from error


def load_model(
    checkpoint: Checkpoint, dtype: str, advance: Advance, prepare: Prepare = leave_as_it_is
) -> torch.nn.Module:
    """Load the weights with the checkpoint's own `quantization_config` and make them resident.

    `dtype` is torch's name for the type to compute in; `advance` hears of each weight that is dealt with.
    `prepare` brings the model into an engine's form before the rest of it is made resident.

    Raises:
        ModelError: transformers cannot load it.
        AgentError: `prepare` cannot change it.
    """
    import torch
    from transformers import AutoModelForCausalLM

    try:
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            str(checkpoint.directory),
            dtype=getattr(torch, dtype),
            trust_remote_code=False,
            output_loading_info=True,
        )
    except Exception as error:
        raise ModelError(
            f"{checkpoint.name} cannot be loaded: {_first_line(error)}",
            "check that the checkpoint is whole and that transformers is of the version in constraints.txt",
        ) from error
    model: torch.nn.Module
    model, told = loaded
    _refuse_missing(checkpoint, told)
    model.eval()
    read = {storage.data_ptr() for storage in _storages(model)}
    prepare(model, advance)
    make_resident(model, advance, told=read)
    return model


def _refuse_missing(checkpoint: Checkpoint, told: dict[str, Any]) -> None:
    """transformers fills what a checkpoint lacks with random numbers and goes on; a measurement may not."""
    missing = sorted({*told["missing_keys"], *(str(entry) for entry in told["mismatched_keys"])})
    if missing:
        raise ModelError(
            f"{checkpoint.name} lacks {len(missing)} of the model's tensors, {missing[0]} for one",
            "fetch the checkpoint again",
        )


def make_resident(model: torch.nn.Module, advance: Advance, told: Container[int] | None = None) -> None:
    """Touch one byte in each page of each weight, so that the kernel reads the file in.

    `advance` hears of each storage made resident; if `told` is given, only of those at its addresses.
    """
    import torch

    for storage in _storages(model):
        raw = torch.empty(0, dtype=torch.uint8).set_(storage)  # [nbytes]
        raw[:: mmap.PAGESIZE].max()
        if told is None or storage.data_ptr() in told:
            advance(storage.nbytes())


def _storages(model: torch.nn.Module) -> Iterator[torch.UntypedStorage]:
    """The memory of every parameter and buffer, what several share once."""
    seen: set[int] = set()
    for tensor in (*model.parameters(), *model.buffers()):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in seen and storage.nbytes():
            seen.add(storage.data_ptr())
            yield storage


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
