"""What a comparison of two runs says, as a value: no sentences, those are the renderers'."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .decomposition import Decomposition
from .fields import Count, Megabytes, MegabytesDelta, Mhz, Ms, Name, Positive, Ratio, Record, RunId, Timestamp
from .report import INFERENCE_STAGES, Grade, PeakSource, Weights

Verdict = Literal["faster", "slower", "indistinguishable", "one-sample", "not-comparable"]
"""Of b against a. `one-sample`: a ratio, but nothing to tell it from chance by."""

DECODE_STEP = "decode_step"
"""The row of decode's median single step."""

Obstacle = Literal["other-work", "unknown-work", "invalid"]
"""What keeps two whole runs apart: other work, no proof of the work, or a run that is graded invalid."""

Reason = Literal[Obstacle, "missing", "no-time", "compile-cache"]
"""Why one row has no ratio; besides: a side lacks the stage, took no time, or its compile cache differs."""

Scalar = bool | int | float | str | None


class ComparedRun(Record):
    """One of the two runs, as far as a reader must know it; `measured_at` is in UTC."""

    run_id: RunId
    member: str | None
    measured_at: Timestamp
    model: Name
    weights: Weights
    cpu: Name
    clock_mhz: Mhz | None
    grade: Grade | None


class Difference(Record):
    """A field that the two state differently; null is `not stated`."""

    field: str
    a: Scalar
    b: Scalar


class TimeComparison(Record):
    """One stage: medians (ms), and the ratio b ÷ a with its 95 % interval.

    `ratio` is null where the two are not comparable, `low` and `high` also where a side has one sample. Of a
    side with more samples than `thinned_to` the interval is drawn from that many at most, evenly taken; null
    where it is drawn from all.
    `ratio_equal_clock` is the ratio of the normalised times: what it would be if both clocks were equal and
    the clock were the bottleneck.
    """

    name: Name
    a_ms: Ms | None = None
    b_ms: Ms | None = None
    a_n: Count = 0
    b_n: Count = 0
    ratio: Ratio | None = None
    low: Ratio | None = None
    high: Ratio | None = None
    thinned_to: Positive | None = None
    ratio_equal_clock: Ratio | None = None
    verdict: Verdict
    reason: Reason | None = None


class MemoryComparison(Record):
    """Peak memory of one stage (MB), and b − a; two sources of the peak are no obstacle, but are told."""

    name: Name
    a_mb: Megabytes | None
    b_mb: Megabytes | None
    difference_mb: MegabytesDelta | None
    a_source: PeakSource | None
    b_source: PeakSource | None


class Comparison(Record):
    """b against a: a ratio under 1 says that b took less time.

    `obstacles` keep the two apart altogether; `work` lists each key of the work that differs, `notes` what
    differs besides and hinders nothing. `decomposition` tells where the difference lies; null where an
    obstacle stands between the two or a side lacks a stage.
    """

    a: ComparedRun
    b: ComparedRun
    obstacles: list[Obstacle] = Field(default_factory=list)
    work: list[Difference] = Field(default_factory=list)
    times: list[TimeComparison]
    memory: list[MemoryComparison]
    notes: list[Difference] = Field(default_factory=list)
    decomposition: Decomposition | None = None

    @property
    def thinned_to(self) -> int | None:
        """How many samples of a side the intervals of thinned rows are drawn from; None where none is."""
        return next((row.thinned_to for row in self.times if row.thinned_to is not None), None)

    @property
    def inference_differs(self) -> bool:
        """Tell whether the inference differs by more than chance: in stages that hold half of what differs.

        A stage of microseconds may differ for certain, and say nothing of a difference of milliseconds.
        Decode is certain where its single step is.
        """
        told = {row.name for row in self.times if row.verdict in ("faster", "slower")}
        if DECODE_STEP in told:
            told.add("decode")
        apart = {
            row.name: abs((row.b_ms or 0) - (row.a_ms or 0))
            for row in self.times
            if row.name in INFERENCE_STAGES
        }
        certain = sum(ms for name, ms in apart.items() if name in told)
        return certain > 0 and certain >= sum(apart.values()) / 2
