"""The points of a sweep: every combination of the values along its axes."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields, replace
from itertools import product

from ..plan import Plan, Prompt


@dataclass(frozen=True)
class Point:
    """One combination: lengths in tokens, `threads` None for one a physical core."""

    prompt_tokens: int
    decode_tokens: int
    context_depth: int
    threads: int | None
    engine: str
    malloc: str

    @property
    def key(self) -> str:
        """The point in one word, fit for the name of a file."""
        threads = "auto" if self.threads is None else self.threads
        lengths = f"p{self.prompt_tokens}-d{self.decode_tokens}-c{self.context_depth}"
        return f"{lengths}-t{threads}-{self.engine}-{self.malloc}"

    def plan(self, base: Plan) -> Plan:
        """The base's plan at this point."""
        return replace(
            base,
            prompt=Prompt(base.prompt.text, self.prompt_tokens),
            decode_tokens=self.decode_tokens,
            context_depth=self.context_depth,
            threads=self.threads,
            engine=self.engine,
            malloc=self.malloc,
        )

    @property
    def positions(self) -> int:
        """The positions of the model that a run at this point takes."""
        return self.context_depth + self.prompt_tokens + self.decode_tokens


@dataclass(frozen=True)
class Grid:
    """The values along each axis, named as a point's fields."""

    prompt_tokens: tuple[int, ...]
    decode_tokens: tuple[int, ...]
    context_depth: tuple[int, ...]
    threads: tuple[int | None, ...]
    engine: tuple[str, ...]
    malloc: tuple[str, ...]

    def points(self) -> list[Point]:
        """Every combination once, the last axis turning fastest; a value that stands twice counts once."""
        return [Point(*values) for values in product(*(dict.fromkeys(axis) for axis in astuple(self)))]

    def as_json(self) -> dict[str, list[int | str | None]]:
        """The axes, for a file."""
        return {axis.name: list(getattr(self, axis.name)) for axis in fields(self)}
