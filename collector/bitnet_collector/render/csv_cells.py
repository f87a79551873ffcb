"""Cells of CSV (RFC 4180) that a spreadsheet shows and does not compute."""

from __future__ import annotations


def harmless(text: str) -> str:
    """Put a `'` before text that begins with `=`, `+`, `-` or `@`, spaces aside; numbers need none.

    Their full-width forms count as well: spreadsheets in Chinese and Japanese take them for the same.
    """
    return f"'{text}" if text.lstrip().startswith(tuple("=+-@＝＋－＠")) else text
