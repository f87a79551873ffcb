"""A measured time with how sure it is: ± and n beside it, and the doubts that its samples raise."""

from __future__ import annotations

from dataclasses import dataclass, field

from bitnet_report import DRIFT, Statistics

from ..texts import Texts
from .figures import figure, signed, spread

_MOST_POSITIONS = 12


@dataclass(frozen=True)
class Flag:
    """A doubt in a word or two, with what it means; `kind` is `warn` or `bad`."""

    text: str
    hint: str
    kind: str


@dataclass(frozen=True)
class Measured:
    """A time (ms), ready to show: `1,445`, `12`, 32; `half` and `hint` only where there is an interval."""

    value: str
    half: str | None = None
    n: int | None = None
    hint: str | None = None
    flags: list[Flag] = field(default_factory=list)
    percentiles: list[str] = field(default_factory=list)


def measured(
    value: float | None,
    interval: tuple[float | None, float | None],
    n: int | None,
    texts: Texts,
    hint: str = "interval_hint",
) -> Measured:
    """A value with its interval, as rows of a table hold them."""
    low, high = interval
    half = spread(value, low, high, grouped=True)
    return Measured(
        value=figure(value, grouped=True),
        half=half,
        n=n,
        hint=texts(hint, low=figure(low, grouped=True), high=figure(high, grouped=True)) if half else None,
    )


def described(value: float, statistics: Statistics | None, samples: int, texts: Texts) -> Measured:
    """A value with everything that its statistics say; without any, the number of samples alone."""
    if statistics is None:
        return Measured(figure(value, grouped=True), n=samples or None)
    plain = measured(value, (statistics.low, statistics.high), statistics.n, texts)
    percentiles = [
        texts("percentile", rank=rank, value=figure(at, grouped=True), n=statistics.n)
        for rank, at in ((95, statistics.p95), (99, statistics.p99))
        if at is not None
    ]
    return Measured(plain.value, plain.half, plain.n, plain.hint, _flags(statistics, texts), percentiles)


def _flags(statistics: Statistics, texts: Texts) -> list[Flag]:
    flags = []
    if statistics.noise in ("noisy", "unusable") and statistics.iqr is not None and statistics.median > 0:
        percent = f"{100 * statistics.iqr / statistics.median:.0f}"  # of a median of next to nothing: inf
        kind = "warn" if statistics.noise == "noisy" else "bad"
        flags.append(Flag(texts(f"noise_{statistics.noise}"), texts("noise_hint", percent=percent), kind))
    if statistics.drift is not None and abs(statistics.drift) > DRIFT:
        percent = signed(statistics.drift, f"{abs(statistics.drift) * 100:.0f}")
        flags.append(Flag(texts("drift", percent=percent), texts("drift_hint"), "warn"))
    if statistics.outliers:
        count = len(statistics.outliers)
        positions = ", ".join(str(position + 1) for position in statistics.outliers[:_MOST_POSITIONS])
        positions += ", …" if count > _MOST_POSITIONS else ""
        words = texts("outliers_1") if count == 1 else texts("outliers_n", n=count)
        flags.append(Flag(words, texts("outliers_hint", positions=positions), "warn"))
    return flags
