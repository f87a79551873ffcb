"""The roofline in a few lines: the limits, and for each stage its share of them and what that means."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from bitnet_report import Report, StageRoofline, one_decimal, three_digits, verdict_words

from .language import Language, text


def print_roofline(console: Console, report: Report, language: Language) -> None:
    """Print the limits and each stage under them; nothing for a run whose limits were not measured."""
    seen = report.roofline
    if seen is None or seen.read_gb_per_s is None:
        return
    comma = ", " if language == "en" else "，"
    peaks = "".join(f"{comma}{kind} {rate:,.0f} Gop/s" for kind, rate in sorted(seen.peaks_gops.items()))
    console.print(text(language, "roof_limits", read=seen.read_gb_per_s, peaks=escape(peaks)), soft_wrap=True)
    for stage in seen.stages:
        if stage.verdict is not None:
            console.print(_stage_line(stage, language), soft_wrap=True)
        profile = report.stage(stage.stage)
        if stage.stage == "decode" and stage.ideal_2bit_ms is not None and profile is not None:
            console.print(
                text(
                    language, "roof_ideal",
                    real=_bytes(stage.bytes / stage.forwards),
                    ideal=_bytes(stage.ideal_2bit_bytes / stage.forwards),
                    ms=three_digits(profile.duration_ms / stage.forwards),
                    ideal_ms=three_digits(stage.ideal_2bit_ms / stage.forwards),
                ),
                soft_wrap=True,
            )  # fmt: skip
        if stage.normalized_bound_aware_ms is not None and stage.core_bound_share is not None:
            console.print(
                text(
                    language, "roof_normalized", share=100 * stage.core_bound_share,
                    ms=stage.normalized_bound_aware_ms,
                    ghz=report.freq_normalization.reference_freq_mhz / 1000,
                    brief=(profile.duration_normalized_ms or 0.0) if profile else 0.0,
                ),
                soft_wrap=True,
            )  # fmt: skip


def _stage_line(stage: StageRoofline, language: Language) -> str:
    memory = "–" if stage.bandwidth_share is None else f"{one_decimal(100 * stage.bandwidth_share)} %"
    peak = "–" if stage.compute_share is None else f"{one_decimal(100 * stage.compute_share)} %"
    intensity = "–" if stage.intensity is None else three_digits(stage.intensity)
    line = text(
        language, "roof_stage", stage=text(language, stage.stage), rate=stage.gb_per_s or 0.0,
        memory=memory, peak=peak, intensity=intensity, verdict=verdict_words(stage, language),
    )  # fmt: skip
    return f"{line}{text(language, 'roof_cached')}" if stage.fits_in_cache else line


def _bytes(count: float) -> str:
    """Three digits in GB or MB, of 10^9 and 10^6 bytes."""
    return f"{count / 1e9:,.2f} GB" if count >= 1e8 else f"{count / 1e6:,.{1 if count >= 1e7 else 2}f} MB"
