"""How near each stage came to what the machine can do: the picture, the verdicts, the bytes by purpose."""

from __future__ import annotations

from dataclasses import dataclass

from bitnet_report import Roofline, StageRoofline, roofline_svg, verdict_words

from ...texts import Texts
from ..figures import figure, percent
from ..sections import Section
from ..stage_rows import stage_words
from .shown import ShownRun


@dataclass(frozen=True)
class RoofRow:
    """One stage's cells; `cached` where memory need not be read at all."""

    name: str
    moved: str
    rate: str
    intensity: str
    memory: str
    peak: str
    verdict: str
    ideal: str
    aware: str
    cached: bool


@dataclass(frozen=True)
class TrafficRow:
    """What one forward of a stage moves for one purpose."""

    stage: str
    part: str
    read: str
    written: str


@dataclass(frozen=True)
class RooflineView:
    """`pictures` (wide, narrow) are SVG that escapes what it is given; none without limits."""

    pictures: list[str]
    limits: str | None
    clock: str
    rows: list[RoofRow]
    traffic: list[TrafficRow]


def section(shown: ShownRun, texts: Texts) -> Section | None:
    """Only where the report has counted its stages."""
    seen = shown.report.roofline
    if seen is None or not seen.stages:
        return None
    view = RooflineView(
        pictures=[
            picture
            for narrow in (False, True)
            if (picture := roofline_svg(seen, texts.language, narrow=narrow)) is not None
        ],
        limits=_limits(seen, texts),
        clock=f"{shown.report.freq_normalization.reference_freq_mhz / 1000:.1f} GHz",
        rows=[_row(stage, texts) for stage in seen.stages],
        traffic=[row for stage in seen.stages for row in _traffic(stage, texts)],
    )
    return Section("roofline", texts("roof_title"), view)


def _limits(seen: Roofline, texts: Texts) -> str | None:
    if seen.read_gb_per_s is None:
        return None
    comma = texts("separator_comma")
    peaks = "".join(
        f"{comma}{kind} {figure(rate, grouped=True)} Gop/s" for kind, rate in sorted(seen.peaks_gops.items())
    )
    return texts("roof_limits", read=figure(seen.read_gb_per_s), peaks=peaks)


def _row(stage: StageRoofline, texts: Texts) -> RoofRow:
    ideal = None if stage.ideal_2bit_ms is None else stage.ideal_2bit_ms / stage.forwards
    return RoofRow(
        name=stage_words(stage.stage, texts),
        moved=figure(stage.bytes / stage.forwards / 1e9),
        rate=figure(stage.gb_per_s),
        intensity=figure(stage.intensity, grouped=True),
        memory=percent(stage.bandwidth_share),
        peak=percent(stage.compute_share),
        verdict=verdict_words(stage, texts.language) or "—",
        ideal=figure(ideal, grouped=True),
        aware=figure(stage.normalized_bound_aware_ms, grouped=True),
        cached=bool(stage.fits_in_cache),
    )


def _traffic(stage: StageRoofline, texts: Texts) -> list[TrafficRow]:
    def gigabytes(count: int) -> str:
        return figure(count / stage.forwards / 1e9)

    ordered = sorted(stage.traffic, key=lambda part: -(part.read_bytes + part.written_bytes))
    return [
        TrafficRow(
            stage_words(stage.stage, texts),
            texts(key) if texts.has(key := f"traffic_{part.part}") else part.part,
            gigabytes(part.read_bytes),
            gigabytes(part.written_bytes),
        )
        for part in ordered
    ]
