"""Reasons to doubt a run, each with its remedy; found from what the report and the watched pass say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bitnet_report import Caveat, Quality, Report, make_caveat

from .observing import Observation
from .steady import AGREEMENT


def judge(report: Report, observation: Observation, generated: Sequence[Sequence[int]]) -> Quality:
    """Collect the caveats; a run whose logits were not finite is invalid, whatever its speed.

    `generated` holds each measured repetition's token ids.
    """
    caveats = list(_find(report, observation, generated))
    invalid = any(caveat.code == "logits-not-finite" for caveat in caveats)
    return Quality(grade="invalid" if invalid else None, caveats=caveats)


def _find(report: Report, observation: Observation, generated: Sequence[Sequence[int]]) -> Iterator[Caveat]:
    if observation.not_finite_steps:
        yield make_caveat(
            "logits-not-finite", bad=len(observation.not_finite_steps), forwards=len(observation.token_ids)
        )
    if any(list(ids) != observation.token_ids for ids in generated):
        yield make_caveat("generated-differs")
    if report.warmup.steady is False:
        yield make_caveat("not-steady", repetitions=len(report.warmup.steps), percent=round(AGREEMENT * 100))
    if report.cpu_info.clock_source in (None, "advertised"):
        yield make_caveat("clock-not-measured")
    if any(stage.memory_peak_source == "sampled" for stage in report.stage_profiles):
        yield make_caveat("memory-sampled")
    if report.meta.weights == "stand-in":
        yield make_caveat("stand-in")
