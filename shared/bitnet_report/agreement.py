"""Whether a figure that is stated agrees with the one that follows from others."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

_RELATIVE_TOLERANCE = 1e-3
ROUNDING = 0.01
"""ms or MB: what rounding to two decimals may take away."""


def compare_figures(
    field: str, stated: float | None, expected: float | None, rounding: float = ROUNDING
) -> Iterator[tuple[str, str]]:
    """Give the field and a sentence where `stated` is not `expected`; nothing where they agree."""
    if stated is None or expected is None:
        agree = stated is expected
    else:
        agree = math.isclose(stated, expected, rel_tol=_RELATIVE_TOLERANCE, abs_tol=rounding)
    if not agree:
        yield field, f"says {stated}, but its own figures give {expected}"


def compare_all(
    field: str, stated: object, expected: Iterable[tuple[str, float | None]]
) -> Iterator[tuple[str, str]]:
    """`compare_figures` for each figure that `expected` names among the attributes of `stated`."""
    for name, value in expected:
        figure = getattr(stated, name)
        if figure is not value and figure != value:  # nearly all are the very same
            yield from compare_figures(f"{field}.{name}", figure, value)
