"""The words of a stand-in: byte-pair merges learned from the package's text, then grown to any size."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain

Merge = tuple[str, str]

# How Llama 3's tokenizer, which the published checkpoint uses, cuts text into pieces that no merge may cross.
PIECES = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def learn_vocabulary(text: str, size: int) -> tuple[list[str], list[Merge]]:
    """Return `size` tokens in the order of their ids, and the merges in the order of their ranks.

    Tokens are spelled in the byte-level alphabet, one printable character a byte. The 256 bytes come first,
    then what the text teaches, then learned words joined by twos: a short text teaches some thousand
    merges, and a vocabulary as large as the published one has to cost as much to load and to search.

    Raises:
        ValueError: the text is too short to make so many.
    """
    alphabet, learned = _learn(text, size)
    made: dict[str, Merge | None] = dict.fromkeys(alphabet)
    for first, second in chain(learned, _joined([first + second for first, second in learned])):
        if len(made) == size:
            break
        made.setdefault(first + second, (first, second))
    if len(made) < size:
        raise ValueError(f"the text makes {len(made)} tokens, not {size}")
    return list(made), list(_merges(made))


def _learn(text: str, size: int) -> tuple[list[str], list[Merge]]:
    """Train byte-pair encoding; every character of the text becomes a token, however rare it is."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=size, min_frequency=2, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([text, *sorted(set(text))], trainer)
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return alphabet, [(first, second) for first, second in merges]


def _joined(tokens: list[str]) -> Iterator[Merge]:
    """Pair learned words with learned endings, Latin and Chinese by turns, small ids first."""
    from tokenizers.decoders import ByteLevel

    decoder = ByteLevel()
    words = {token: text for token in tokens if (text := decoder.decode([token])).removeprefix(" ").isalpha()}
    latin = [token for token, text in words.items() if text.isascii()]
    chinese = [token for token, text in words.items() if not text.isascii()]
    endings = [token for token in latin if words[token].isalpha()]
    for pairs in zip(_diagonals(latin, endings), _diagonals(chinese, chinese), strict=False):
        yield from pairs


def _diagonals(rows: list[str], columns: list[str]) -> Iterator[Merge]:
    """Walk the table of pairs from its first corner, so that both partners grow rarer together."""
    for total in range(len(rows) + len(columns) - 1):
        for row in range(max(0, total - len(columns) + 1), min(total + 1, len(rows))):
            yield rows[row], columns[total - row]


def _merges(made: dict[str, Merge | None]) -> Iterable[Merge]:
    """Yield the merge that made each token, and one other way to it where there is one.

    Two ways a token come near the published file, which holds 280,147 merges for 127,744 tokens.
    """
    for token, merge in made.items():
        if merge is None:
            continue
        yield merge
        splits = ((token[:cut], token[cut:]) for cut in range(1, len(token)))
        other = (split for split in splits if split != merge and split[0] in made and split[1] in made)
        yield from list(other)[:1]
