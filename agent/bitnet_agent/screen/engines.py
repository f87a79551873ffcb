"""The list of engines on the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from ..engines.engine import Engine, Sentence
from .language import Language, text


def print_engines(
    engines: Sequence[Engine], lacking: Mapping[str, Sentence | None], language: Language
) -> None:
    """Name, sentence and how exact it is, a few lines an engine; what it lacks on this machine in the end."""
    screen = Console(highlight=False)
    for position, engine in enumerate(engines):
        mark = f" ({text(language, 'engine_default')})" if position == 0 else ""
        screen.print(engine.name + mark, style="bold", markup=False)
        lines = [
            engine.sentence.within(language),
            text(language, f"exactness_{engine.exactness}"),
        ]
        missing = lacking.get(engine.name)
        if missing is not None:
            lines.append(text(language, "engine_lacks", what=missing.within(language)))
        for line in lines:
            screen.print(Padding(Text(line), (0, 0, 0, 2)))
