"""What the findings come to: the best grade that a run could have now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from .finding import Finding
from .wordings import sentences, wording_of


def best_grade(findings: Sequence[Finding]) -> Literal["A", "B"] | None:
    """A without a doubt, B with doubts only; None where a run would fail or be worth a C at best."""
    statuses = {wording_of(finding).status for finding in findings}
    return None if "bad" in statuses else "B" if "doubt" in statuses else "A"


def as_json(findings: Sequence[Finding], language: Literal["en", "zh"]) -> dict[str, Any]:
    """The examination for a program: code, status, numbers and sentences of each finding."""
    rows = []
    for finding in findings:
        wording = wording_of(finding)
        message, remedy = sentences(finding, language)
        rows.append(
            {
                "check": wording.check,
                "code": finding.code,
                "status": wording.status,
                "message": message,
                "remedy": remedy,
                "values": finding.values,
            }
        )
    return {"best_grade": best_grade(findings), "findings": rows}
