"""What the samples themselves say against a run: noise, drift, outliers, too few of them."""

from __future__ import annotations

from collections.abc import Iterator

from .caveats import make_caveat
from .report import Caveat, Report, StageProfile
from .statistics import DRIFT, NOISY, UNUSABLE, Statistics

JUDGED_STAGES = ("prefill", "decode")
"""The two that are compared; the others are microseconds, or are measured once."""

FEWEST_REPETITIONS = 3
"""Below it there is no telling which of two differing samples is the odd one."""

FEWEST_FOR_OUTLIERS = 5
"""With fewer the distance from the median ÷ MAD is large as soon as two samples happen to agree."""

SMALLEST_OUTLIER = 0.05
"""Of the median: a nearer one stands out only because the others agree so well."""


def statistics_caveats(report: Report) -> list[Caveat]:
    """Find what the samples of prefill and decode say against themselves; version 0 has none."""
    stages = [stage for name in JUDGED_STAGES if (stage := report.stage(name)) is not None]
    described = [(stage, stage.statistics) for stage in stages if stage.statistics is not None]
    caveats = list(_few(described))
    for stage, statistics in described:
        caveats.extend(_of_stage(stage, statistics))
    return caveats


def _few(described: list[tuple[StageProfile, Statistics]]) -> Iterator[Caveat]:
    fewest = min((statistics.n for _, statistics in described), default=FEWEST_REPETITIONS)
    if fewest < FEWEST_REPETITIONS:
        yield make_caveat("few-repetitions", n=fewest, wanted=FEWEST_REPETITIONS)


def _of_stage(stage: StageProfile, statistics: Statistics) -> Iterator[Caveat]:
    name, centre = stage.name, statistics.median
    if statistics.iqr is not None and centre > 0 and statistics.noise in ("noisy", "unusable"):
        unusable = statistics.noise == "unusable"
        yield make_caveat(
            "unusable-noise" if unusable else "noisy",
            stage=name,
            percent=statistics.iqr / centre * 100,
            limit=round((UNUSABLE if unusable else NOISY) * 100),
        )
    if statistics.drift is not None and abs(statistics.drift) > DRIFT:
        yield make_caveat("drift", stage=name, percent=statistics.drift * 100)
    if statistics.n >= FEWEST_FOR_OUTLIERS and centre > 0:
        # A report from elsewhere may name positions that its samples do not have.
        samples = [stage.samples_ms[i] for i in statistics.outliers if i < len(stage.samples_ms)]
        off = [sample / centre - 1 for sample in samples if abs(sample / centre - 1) > SMALLEST_OUTLIER]
        if off:
            farthest = max(off, key=abs)
            yield make_caveat("outliers", stage=name, count=len(off), n=statistics.n, percent=farthest * 100)
