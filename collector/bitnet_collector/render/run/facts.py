"""All that the report states beside its figures, under its own names."""

from __future__ import annotations

from dataclasses import dataclass

from ...texts import Texts
from ..facts import facts_of
from ..sections import Section
from .shown import ShownRun

_PARTS = {
    "processor": "cpu_info",
    "frequency": "freq_normalization",
    "environment": "environment",
    "interference": "interference",
    "work": "workload",
    "about": "meta",
}


@dataclass(frozen=True)
class FactGroup:
    """One part of the report: its anchor, its title, and each name with its value in words."""

    key: str
    title: str
    facts: list[tuple[str, str]]


def section(shown: ShownRun, texts: Texts) -> Section:
    """Every part that no table shows; the note stands at the top of the page."""
    report = shown.report.model_dump()
    parts = {key: dict(report.get(name) or {}) for key, name in _PARTS.items()}
    parts["about"].pop("note", None)
    groups = [
        FactGroup(key, texts(key), facts_of(values, texts))
        for key, values in parts.items()
        if values or key != "interference"
    ]
    return Section("facts", texts("facts_title"), groups)
