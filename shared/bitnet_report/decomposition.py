"""Why one run takes longer than another: the difference of two inference times in parts that sum to it.

Both times are sums of stage medians, so the stages' differences sum to the whole exactly. Inside a stage
the operator split divides the stage's own time: its parts come from a pass of its own, which is slower than
the timed one, so each is scaled by timed ÷ instrumented. What no operator accounts for is a part as well
(`remainder`); so the operators of a stage sum to the stage.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from .fields import LONGEST_MS, Ms, MsDelta, Name, Ratio, Record, is_ratio
from .operators import is_like_timed
from .report import INFERENCE_STAGES, Report, StageProfile

REMAINDER = "remainder"
"""The part of a stage that no operator accounts for."""

TELLING = 0.03
"""Share of the whole difference from which on a part is shown by itself; smaller ones are shown as one."""

_SEVERAL = "several"


class Part(Record):
    """One stage, or one kind of operator in it, on both sides (ms, over the whole stage).

    `kind` is null where a side has no operator split of this stage, or one whose pass was unlike the timed
    ones. `share` is this part's difference ÷ the whole difference: the shares sum to 1, and one under 0 went
    against the rest; null where nothing differs.
    A remainder may lie a little under 0.
    """

    stage: Name
    kind: Name | None
    a_ms: MsDelta
    b_ms: MsDelta
    difference_ms: MsDelta
    share: float | None


class Decomposition(Record):
    """The inference of b against that of a; `parts` stand in order of the size of their difference."""

    a_ms: Ms
    b_ms: Ms
    ratio: Ratio
    difference_ms: MsDelta
    parts: list[Part] = Field(min_length=1)


def decompose(a: Report, b: Report) -> Decomposition | None:
    """Divide b − a into stages and operators; None where a side lacks a stage that the other has.

    Only what both did can be compared: loading is left out, since it happens once and depends on what the
    page cache held.
    """
    ours, theirs = ([r.stage(name) for name in INFERENCE_STAGES] for r in (a, b))
    if [s is None for s in ours] != [s is None for s in theirs]:
        return None
    pairs = [(x, y) for x, y in zip(ours, theirs, strict=True) if x is not None and y is not None]
    a_ms, b_ms = sum(x.duration_ms for x, _ in pairs), sum(y.duration_ms for _, y in pairs)
    if not is_ratio(a_ms, b_ms):
        return None
    whole = b_ms - a_ms
    parts = [
        Part(
            stage=stage,
            kind=kind,
            a_ms=mine,
            b_ms=other,
            difference_ms=other - mine,
            share=(other - mine) / whole if whole else None,
        )
        for x, y in pairs
        for stage, kind, mine, other in _rows(a, x, b, y)
    ]
    parts.sort(key=lambda part: -abs(part.difference_ms))
    return Decomposition(a_ms=a_ms, b_ms=b_ms, ratio=b_ms / a_ms, difference_ms=whole, parts=parts)


def telling_parts(found: Decomposition) -> tuple[list[Part], Part | None]:
    """The parts that make at least `TELLING` of the difference, and all others summed into one.

    None for the others where there are none.
    """
    shown = [part for part in found.parts if abs(part.share or 0) >= TELLING]
    others = [part for part in found.parts if abs(part.share or 0) < TELLING]
    if not others:
        return shown, None
    rest = Part(
        stage=_SEVERAL,
        kind=None,
        a_ms=sum(part.a_ms for part in others),
        b_ms=sum(part.b_ms for part in others),
        difference_ms=sum(part.difference_ms for part in others),
        share=sum(part.share or 0 for part in others) if found.difference_ms else None,
    )
    return shown, rest


def _rows(
    a: Report, ours: StageProfile, b: Report, theirs: StageProfile
) -> Iterator[tuple[str, str | None, float, float]]:
    mine, other = operator_times(a, ours), operator_times(b, theirs)
    if mine is None or other is None:
        yield ours.name, None, ours.duration_ms, theirs.duration_ms
        return
    for kind in dict.fromkeys([*mine, *other]):
        yield ours.name, kind, mine.get(kind, 0.0), other.get(kind, 0.0)


def operator_times(report: Report, stage: StageProfile) -> dict[str, float] | None:
    """The stage's time (ms) by kind of operator, remainder included: their sum is the stage's time.

    None where the run has no operator split of the stage, one whose pass was unlike the timed ones, or one
    that no time of the stage can be scaled to.
    """
    split = next((split for split in report.operators if split.stage == stage.name), None)
    if split is None or not split.instrumented_ms or not is_like_timed(split):
        return None
    scale = stage.duration_ms / split.instrumented_ms
    times = {kind.name: kind.ms * scale for kind in split.kinds}
    times[REMAINDER] = split.remainder_ms * scale
    return times if all(abs(ms) <= LONGEST_MS / 2 for ms in times.values()) else None
