"""An operator split as CSV (RFC 4180): full precision, one header line, UTF-8; ms are of one forward.

One line a kind of work, one for the remainder, and one a BitLinear module, `level` telling them apart: the
kinds and the remainder add up to the stage, the modules lie inside the kinds. A text cell that begins with
`=`, `+`, `-` or `@` gets a `'` in front, so that a spreadsheet shows it and does not compute it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from .operators import StageOperators

COLUMNS = (
    "stage", "level", "name", "layer", "projection", "calls", "ms", "share", "weight_quantization_ms",
    "activation_quantization_ms", "matmul_ms", "freeing_ms", "operations", "bytes", "gops", "gb_per_s",
)  # fmt: skip
Cells = dict[str, str | int | float | None]


def operators_csv(splits: Sequence[StageOperators]) -> str:
    """Every stage's split, in the report's order; the header alone where there is none."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for split in splits:
        for cells in _lines(split):
            row = {"stage": split.stage, **cells}
            writer.writerow({name: _harmless(value) for name, value in row.items() if value is not None})
    return out.getvalue()


def _lines(split: StageOperators) -> Iterator[Cells]:
    for kind in split.kinds:
        yield {"level": "kind", "name": kind.name, "calls": kind.calls, "ms": kind.ms, "share": kind.share}
    yield {"level": "remainder", "ms": split.remainder_ms, "share": split.remainder_share}
    for module in split.modules:
        figures = {name: getattr(module, name) for name in type(module).model_fields}
        yield {
            "level": "module",
            "layer": module.layer,
            "projection": module.projection,
            "share": module.ms / split.instrumented_ms if split.instrumented_ms else None,
            **figures,
        }


def _harmless(value: str | int | float | None) -> str | int | float | None:
    return (
        f"'{value}" if isinstance(value, str) and value.lstrip().startswith(("=", "+", "-", "@")) else value
    )
