"""What a handful of times says, and how surely: pure functions over samples.

Thresholds and where they come from (docs/method.md tells the reader):

- IQR ÷ median over 10 % is noisy, over 25 % unusable (torch.utils.benchmark's warnings);
- a modified z-score (0.6745 × distance from the median ÷ MAD; Iglewicz and Hoaglin 1993) over 10 in size
  is an outlier: flagged and kept (hyperfine warns at 14.826 × MAD, which is the same number);
- the second half's median over 5 % away from the first half's is drift;
- a percentile is given only where ten samples lie beyond it: p95 from n = 200, p99 from n = 1000.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from math import ceil, hypot, isfinite, sqrt
from statistics import fmean, median, quantiles
from typing import Literal, NamedTuple

from pydantic import Field

from .fields import Count, Ms, Positive, Ratio, Record

NOISY = 0.10
UNUSABLE = 0.25
DRIFT = 0.05
OUTLIER_Z = 10.0
LEVEL = 0.95
RESAMPLES = 2000

_SEED = 20240227  # any fixed number: the same samples give the same interval on every machine
_SAMPLES_BEYOND_A_PERCENTILE = 10

Noise = Literal["quiet", "noisy", "unusable"]
Statistic = Callable[[Sequence[float]], float]


class Statistics(Record):
    """Samples (ms) described; every figure can be computed again from them.

    `low` and `high` bound the median by a bootstrap at `LEVEL`; null with fewer than two samples, as are
    `cv` and `iqr`. `drift` is the second half's median ÷ the first half's − 1, null with fewer than four.
    `outliers` are positions in the samples.
    """

    n: Positive
    median: Ms
    mad: Ms
    minimum: Ms
    maximum: Ms
    low: Ms | None = None
    high: Ms | None = None
    cv: Ratio | None = None
    iqr: Ms | None = None
    drift: float | None = None
    outliers: list[Count] = Field(default_factory=list, fail_fast=True)
    noise: Noise | None = None
    p95: Ms | None = None
    p99: Ms | None = None


def describe(groups: Sequence[Sequence[float]]) -> Statistics:
    """Describe samples that come in groups (a repetition's steps, a process's repetitions).

    Samples of one group share what made that group fast or slow, so the interval resamples groups first and
    samples inside them second (hierarchical bootstrap); one group, or groups of one, is the plain bootstrap.

    Raises:
        ValueError: there is no sample, or one is not finite.
    """
    plain = _describe_without_interval([sample for group in groups for sample in group])
    if plain.n < 2:
        return plain
    low, high = interval_of(bootstrap_replicas(groups))
    return plain.model_copy(update={"low": low, "high": high})


class Spread(NamedTuple):
    """The figures of `Statistics` that are computed again whenever a report is read."""

    n: int
    median: float
    mad: float
    minimum: float
    maximum: float
    cv: float | None
    iqr: float | None


def spread_of(samples: Sequence[float]) -> Spread:
    """Where samples lie, and how far apart.

    Raises:
        ValueError: there is no sample, or one is not finite.
    """
    if not samples or not all(map(isfinite, samples)):
        raise ValueError("there must be samples, all of them finite")
    centre = median(samples)
    quartiles = quantiles(samples, n=4, method="inclusive") if len(samples) > 1 else None
    return Spread(
        n=len(samples),
        median=centre,
        mad=_mad(samples, centre),
        minimum=min(samples),
        maximum=max(samples),
        cv=_cv(samples),
        iqr=quartiles[2] - quartiles[0] if quartiles else None,
    )


def _describe_without_interval(samples: Sequence[float]) -> Statistics:
    """Everything in `describe` that costs next to nothing."""
    spread = spread_of(samples)
    return Statistics(
        **spread._asdict(),
        drift=drift(samples),
        outliers=outliers(samples),
        noise=_noise(spread.iqr, spread.median),
        p95=percentile(samples, 0.95),
        p99=percentile(samples, 0.99),
    )


def bootstrap_replicas(groups: Sequence[Sequence[float]], statistic: Statistic = median) -> list[float]:
    """`RESAMPLES` values of `statistic`, each over one resampling of groups, then of samples inside them.

    The same samples give the same values on every machine.
    """
    draw = random.Random(_SEED)  # noqa: S311 - repeatable is what is wanted
    filled = [list(group) for group in groups if group]
    replicas = []
    for _ in range(RESAMPLES):
        chosen = draw.choices(filled, k=len(filled)) if len(filled) > 1 else filled
        pooled = [sample for group in chosen for sample in draw.choices(group, k=len(group))]
        replicas.append(statistic(pooled))
    return replicas


def mean_interval(groups: Sequence[Sequence[float]]) -> tuple[float, float] | None:
    """Bound the median over groups of each group's mean (a repetition's time a step), groups drawn first.

    None with fewer than two samples. It bounds decode's ms per token, which is the median repetition divided
    by its steps; the median single step is another figure, and further away the more steps are disturbed.
    """
    filled = [list(group) for group in groups if group]
    if sum(map(len, filled)) < 2:
        return None
    draw = random.Random(_SEED)  # noqa: S311 - repeatable is what is wanted
    replicas = []
    for _ in range(RESAMPLES):
        chosen = draw.choices(filled, k=len(filled)) if len(filled) > 1 else filled
        replicas.append(median(fmean(draw.choices(group, k=len(group))) for group in chosen))
    return interval_of(replicas)


def interval_of(replicas: Sequence[float]) -> tuple[float, float]:
    """The central `LEVEL` of bootstrap replicas."""
    ordered = sorted(replicas)
    tail = (1 - LEVEL) / 2
    return ordered[int(tail * len(ordered))], ordered[ceil((1 - tail) * len(ordered)) - 1]


def half_width(statistics: Statistics | None) -> float | None:
    """What stands behind a ±: half the width of the median's interval; None where there is no interval."""
    if statistics is None or statistics.low is None or statistics.high is None:
        return None
    return (statistics.high - statistics.low) / 2


def drift(samples: Sequence[float]) -> float | None:
    """Second half's median ÷ first half's − 1, in the order of time; None with fewer than four samples."""
    half = len(samples) // 2
    if half < 2:
        return None
    first = median(samples[:half])
    return median(samples[-half:]) / first - 1 if first > 0 else None


def outliers(samples: Sequence[float]) -> list[int]:
    """Positions whose modified z-score exceeds `OUTLIER_Z`; none where over half the samples are equal."""
    centre = median(samples)
    mad = _mad(samples, centre)
    if mad == 0:
        return []
    return [i for i, sample in enumerate(samples) if 0.6745 * abs(sample - centre) / mad > OUTLIER_Z]


def percentile(samples: Sequence[float], share: float) -> float | None:
    """The percentile by rank, or None where there are fewer samples than `samples_needed` says."""
    if len(samples) < samples_needed(share):
        return None
    return sorted(samples)[ceil(share * len(samples)) - 1]


def samples_needed(share: float) -> int:
    """How many samples a percentile needs: 200 for 0.95, 1000 for 0.99 (ten of them lie beyond it)."""
    return round(_SAMPLES_BEYOND_A_PERCENTILE / (1 - share))


def _cv(samples: Sequence[float]) -> float | None:
    """Standard deviation (n − 1) ÷ mean; in floats, as `statistics.stdev` takes its time to be exact."""
    mean = fmean(samples)
    if len(samples) < 2 or mean <= 0:
        return None
    return hypot(*[sample - mean for sample in samples]) / sqrt(len(samples) - 1) / mean


def _mad(samples: Sequence[float], centre: float) -> float:
    return median([abs(sample - centre) for sample in samples])


def _noise(iqr: float | None, centre: float) -> Noise | None:
    if iqr is None or centre <= 0:
        return None
    share = iqr / centre
    return "unusable" if share > UNUSABLE else "noisy" if share > NOISY else "quiet"
