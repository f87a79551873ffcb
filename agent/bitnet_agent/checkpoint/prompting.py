"""The prompt as text and as token ids, cut to the length that the plan asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import UsageError
from ..plan import Prompt
from ..texts import prompt_text


@dataclass(frozen=True)
class EncodedPrompt:
    """A text and the ids that `encode` makes of it, at most `limit` of them."""

    text: str
    ids: tuple[int, ...]
    limit: int | None

    @property
    def to_encode(self) -> tuple[str, int | None]:
        """Text and limit, as `encode` takes them."""
        return self.text, self.limit


def encode(tokenizer: Any, text: str, limit: int | None) -> list[int]:
    """Turn text into token ids, `limit` at most; this is what the tokenization stage times."""
    if limit is None:
        return list(tokenizer(text).input_ids)
    return list(tokenizer(text, truncation=True, max_length=limit).input_ids)


def check_prompt(prompt: Prompt) -> None:
    """Refuse a prompt that no tokenizer can make anything of.

    Raises:
        UsageError: the given text is empty.
    """
    if prompt.text is not None and not prompt.text.strip():
        raise UsageError("the prompt is empty", "give a text, or leave --prompt out for the package's own")


def prepare_prompt(tokenizer: Any, prompt: Prompt) -> EncodedPrompt:
    """Cut the prompt's text so that it makes just the tokens asked for.

    The package's own text is repeated where it is too short.

    Raises:
        UsageError: the given text is empty or makes fewer tokens than asked for.
    """
    if prompt.text is None:
        limit = prompt.tokens
        if limit is None:
            raise UsageError("the package's own text needs a number of tokens", "give --prompt-tokens")
        text = _long_enough(tokenizer, prompt_text(), limit)
    else:
        check_prompt(prompt)
        text, limit = prompt.text, prompt.tokens
    if limit is not None:
        text = _shortest_prefix(tokenizer, text, limit)
    ids = encode(tokenizer, text, limit)
    if limit is not None and len(ids) < limit:
        raise UsageError(
            f"the prompt makes {len(ids)} tokens, and --prompt-tokens asks for {limit}",
            "give a longer text or lower --prompt-tokens",
        )
    return EncodedPrompt(text, tuple(ids), limit)


def context_tokens(tokenizer: Any, depth: int) -> tuple[int, ...]:
    """Just `depth` token ids of the package's own text, repeated as needed: what stands before a prompt."""
    if not depth:
        return ()
    return tuple(encode(tokenizer, _long_enough(tokenizer, prompt_text(), depth), depth))


def _long_enough(tokenizer: Any, text: str, limit: int) -> str:
    once = max(1, len(encode(tokenizer, text, None)))
    return text * (limit // once + 2) if once < limit else text


def _shortest_prefix(tokenizer: Any, text: str, limit: int) -> str:
    """Find the shortest prefix that still makes `limit` tokens: no more text is timed than is used."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high) // 2
        if len(encode(tokenizer, text[:middle], limit)) >= limit:
            high = middle
        else:
            low = middle + 1
    return text[:high]
