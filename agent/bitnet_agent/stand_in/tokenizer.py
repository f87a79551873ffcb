"""The tokenizer of a stand-in, in the files that `AutoTokenizer` reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..texts import prompt_text
from .sizes import SPECIAL_TOKENS
from .vocabulary import PIECES, learn_vocabulary

BEGIN = "<|begin_of_text|>"
END = "<|end_of_text|>"

# Offsets from the first special id, where Llama 3 has them; every other one is reserved.
_NAMED = {0: BEGIN, 1: END, 6: "<|start_header_id|>", 7: "<|end_header_id|>", 9: "<|eot_id|>"}


def write_tokenizer(config: Mapping[str, Any], directory: Path) -> None:
    """Write `tokenizer.json` and `tokenizer_config.json` for the vocabulary size of `config`.

    The first `vocab_size - 256` ids stand for text, the last 256 are special, and every encoding begins
    with `<|begin_of_text|>`, as with the published tokenizer. Any text comes back exactly.

    Raises:
        OSError: the directory cannot be written.
    """
    from tokenizers import (
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        pre_tokenizers,
        processors,
    )

    tokens, merges = learn_vocabulary(prompt_text(), config["vocab_size"] - SPECIAL_TOKENS)
    ids = {token: index for index, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(ids, merges, ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in special_names()])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BEGIN} $A",
        pair=f"{BEGIN} $A {BEGIN}:1 $B:1",
        special_tokens=[(BEGIN, config["bos_token_id"])],
    )
    (directory / "tokenizer.json").write_bytes(tokenizer.to_str().encode())
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": BEGIN,
        "eos_token": END,
        "clean_up_tokenization_spaces": False,
        "model_input_names": ["input_ids", "attention_mask"],
        "model_max_length": config["max_position_embeddings"],
    }
    (directory / "tokenizer_config.json").write_bytes(json.dumps(settings, indent=2).encode())


def special_names() -> list[str]:
    """Name the 256 special tokens in the order of their ids."""
    names: list[str] = []
    for offset in range(SPECIAL_TOKENS):
        reserved = offset - sum(named < offset for named in _NAMED)
        names.append(_NAMED.get(offset, f"<|reserved_special_token_{reserved}|>"))
    return names
