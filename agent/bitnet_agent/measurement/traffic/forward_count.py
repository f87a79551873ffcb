"""What one forward asks for: operations, bytes by purpose, and the weights behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Moved:
    """Bytes read and written for one purpose; `part` is one of the report's `TRAFFIC_PARTS`."""

    part: str
    read: int = 0
    written: int = 0

    def times(self, factor: int) -> Moved:
        """The same, that many times."""
        return Moved(self.part, self.read * factor, self.written * factor)


@dataclass(frozen=True)
class ForwardCount:
    """One forward of one module, or of many together.

    `operations` counts a multiplication and its addition as two, by the type of number that is multiplied.
    `moved` counts an array whenever an operation reads or writes it, as if no cache held it; `distinct` are
    the bytes of weights and KV cache that are read, each once however often it is read.
    `ternary_weights` is how many of the weights are -1, 0 or 1 times a scale, `other_weight_bytes` what the
    others take as they are stored.
    """

    operations: dict[str, int] = field(default_factory=dict)
    moved: tuple[Moved, ...] = ()
    distinct: int = 0
    ternary_weights: int = 0
    other_weight_bytes: int = 0

    @property
    def all_operations(self) -> int:
        """The operations of every type of number together."""
        return sum(self.operations.values())

    @property
    def bytes(self) -> int:
        """Read and written, for every purpose."""
        return sum(part.read + part.written for part in self.moved)

    @property
    def arithmetic(self) -> str | None:
        """The type of number that most operations are done in."""
        return max(self.operations, key=lambda kind: self.operations[kind], default=None)

    def times(self, factor: int) -> ForwardCount:
        """The same forward `factor` times; what is distinct in one stays as it is."""
        return ForwardCount(
            operations={kind: count * factor for kind, count in self.operations.items()},
            moved=tuple(part.times(factor) for part in self.moved),
            distinct=self.distinct,
            ternary_weights=self.ternary_weights,
            other_weight_bytes=self.other_weight_bytes,
        )


@runtime_checkable
class CountsItself(Protocol):
    """A module, an engine's for one, that knows what its forward does; what it contains is not asked then."""

    def count_forward(self, tokens: int) -> ForwardCount:
        """Count one forward over that many tokens (one sequence)."""
        ...


def total(counts: Iterable[ForwardCount]) -> ForwardCount:
    """Everything together, purposes in the order of their first appearance."""
    operations: dict[str, int] = {}
    moved: dict[str, Moved] = {}
    distinct = ternary = other = 0
    for count in counts:
        for kind, number in count.operations.items():
            operations[kind] = operations.get(kind, 0) + number
        for part in count.moved:
            so_far = moved.get(part.part, Moved(part.part))
            moved[part.part] = Moved(part.part, so_far.read + part.read, so_far.written + part.written)
        distinct += count.distinct
        ternary += count.ternary_weights
        other += count.other_weight_bytes
    return ForwardCount(operations, tuple(moved.values()), distinct, ternary, other)
