"""Figures as sentences show them."""

from __future__ import annotations


def three_digits(value: float) -> str:
    """Three digits that count, however small; the digits before the point all of them: 1,437, 83.2, 5.51."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
