"""How far a run can be trusted, by rules that are written down.

| grade   | what it takes                                  | what it is good for                            |
|---------|------------------------------------------------|------------------------------------------------|
| A       | no doubt, notes at most                        | comparing to a few percent                     |
| B       | doubts, nothing bad                            | comparing, with the doubts in mind             |
| C       | something bad                                  | an order of magnitude                          |
| invalid | the work was not done right                    | nothing; stored and shown, never ranked        |

A caveat's code alone decides its severity; where one thing has two degrees it has two codes (`steal`,
`steal-heavy`). The figures at which a code is given stand where it is made: `interference_caveats`,
`statistics_caveats`. A code that is not known here, a newer agent's, is a doubt.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from .report import Caveat, Grade

Severity = Literal["note", "doubt", "bad", "invalid"]

SEVERITIES: dict[str, Severity] = {
    "logits-not-finite": "invalid",
    "far-faster-than-limit": "invalid",
    "generated-differs": "bad",
    "not-steady": "bad",
    "compiled-while-measuring": "bad",
    "unusable-noise": "bad",
    "faster-than-limit": "bad",
    "version-0": "bad",
    "steal-heavy": "bad",
    "other-load-heavy": "bad",
    "throttled-cgroup-heavy": "bad",
    "swapped-in-heavy": "bad",
    "few-repetitions": "doubt",
    "quick": "doubt",
    "noisy": "doubt",
    "drift": "doubt",
    "outliers": "doubt",
    "clock-not-measured": "doubt",
    "clock-is-tsc": "doubt",
    "clock-moved": "doubt",
    "limits-moved": "doubt",
    "steal": "doubt",
    "other-load": "doubt",
    "throttled-cgroup": "doubt",
    "throttled-thermal": "doubt",
    "swapped-in": "doubt",
    "disk-reads": "doubt",
    "on-battery": "doubt",
    "governor": "doubt",
    "migrations": "doubt",
    "involuntary-switches": "doubt",
    "oversubscribed": "doubt",
    "operators-other-tokens": "doubt",
    "operators-incomplete": "note",
    "operators-off": "note",
    "cut-by-budget": "note",
    "shortened-by-budget": "note",
    "busy-before": "note",
    "memory-sampled": "note",
    "stand-in": "note",
    "allocator-churn": "note",
    "peak-too-low": "note",
}


def severity(code: str) -> Severity:
    """How much a caveat of that code weighs."""
    return SEVERITIES.get(code, "doubt")


def grade(caveats: Iterable[Caveat]) -> Grade:
    """Grade a run by its caveats: the worst of them decides."""
    found = {severity(caveat.code) for caveat in caveats}
    if "invalid" in found:
        return "invalid"
    if "bad" in found:
        return "C"
    return "B" if "doubt" in found else "A"
