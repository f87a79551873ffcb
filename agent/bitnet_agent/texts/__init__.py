"""The texts that the package holds: the prompt of the default work, in English and Chinese."""

from __future__ import annotations

from importlib.resources import files


def prompt_text() -> str:
    """Return the fixed prompt, paragraphs in English and Chinese by turns, with newlines as `\\n` everywhere.

    It is part of what makes two runs the same work: a changed text is a new suite version,
    and, since the stand-ins' vocabulary is trained on it, a new recipe (`bitnet_agent.stand_in.sizes`).
    """
    raw = files(__name__).joinpath("prompt.txt").read_bytes()
    # A checkout on Windows may have rewritten the line ends.
    return raw.decode("utf-8").replace("\r\n", "\n")
