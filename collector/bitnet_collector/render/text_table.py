"""Aligned columns for a terminal: wide characters counted as two."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .figures import width


def aligned(rows: Sequence[Sequence[str]], left: Collection[int]) -> list[str]:
    """One line a row, every column as wide as its widest cell; `left` names the columns of words."""
    widths = [max(width(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            _padded(cell, size, left=index in left)
            for index, (cell, size) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _padded(cell: str, size: int, *, left: bool) -> str:
    space = " " * (size - width(cell))
    return cell + space if left else space + cell
