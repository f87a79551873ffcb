"""Figures as sentences and tables show them."""

from __future__ import annotations


def three_digits(value: float) -> str:
    """Three digits that count, however small; the digits before the point all of them: 1,437, 83.2, 5.51."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def one_decimal(percent: float) -> str:
    """Percent to one decimal: 69.9 must not look like 70, a verdict's threshold, nor what is there like 0."""
    return "<0.1" if 0 < percent < 0.1 else f"{percent:.1f}"
