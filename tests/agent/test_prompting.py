"""The prompt: just as many tokens as asked for, and never silently fewer."""

from __future__ import annotations

import pytest

from bitnet_agent.errors import UsageError
from bitnet_agent.plan import Prompt
from bitnet_agent.texts import prompt_text

pytestmark = pytest.mark.agent


@pytest.fixture
def prepare(tokenizer):
    from bitnet_agent.checkpoint.prompting import prepare_prompt

    return lambda prompt: prepare_prompt(tokenizer, prompt)


@pytest.mark.parametrize("tokens", [*range(1, 40), 63, 64, 127, 128, 129, 500, 1000, 3255, 3256, 3257, 4064])
def test_the_packages_text_is_cut_or_repeated_to_just_so_many_tokens(prepare, tokenizer, tokens):
    prompt = prepare(Prompt(None, tokens))
    assert len(prompt.ids) == tokens
    assert tuple(tokenizer(prompt.text, truncation=True, max_length=tokens).input_ids) == prompt.ids


def test_no_more_text_is_timed_than_is_used(prepare, tokenizer):
    prompt = prepare(Prompt(None, 128))
    assert prompt_text().startswith(prompt.text)
    assert len(tokenizer(prompt.text[:-1]).input_ids) < 128


def test_the_default_prompt_is_the_same_every_time(prepare):
    assert prepare(Prompt()) == prepare(Prompt())
    assert len(prepare(Prompt()).ids) == 128


@pytest.mark.parametrize(
    "text", ["Hello, world.", "你好，世界。", "a", "emoji \N{GRINNING FACE}", "two\nlines\n"]
)
def test_a_given_text_is_taken_whole(prepare, tokenizer, text):
    prompt = prepare(Prompt(text, None))
    assert prompt.text == text
    assert list(prompt.ids) == tokenizer(text).input_ids


def test_a_given_text_is_cut_when_a_number_is_given(prepare):
    text = "One two three four five six seven eight nine ten. " * 5
    prompt = prepare(Prompt(text, 12))
    assert len(prompt.ids) == 12
    assert text.startswith(prompt.text)


def test_a_given_text_is_never_repeated(prepare):
    with pytest.raises(UsageError, match=r"makes \d+ tokens, and --prompt-tokens asks for 50") as error:
        prepare(Prompt("too short", 50))
    assert "longer text" in error.value.remedy


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u3000"])
@pytest.mark.parametrize("tokens", [None, 5])
def test_an_empty_text_is_refused(prepare, text, tokens):
    with pytest.raises(UsageError, match="empty"):
        prepare(Prompt(text, tokens))
