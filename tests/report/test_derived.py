"""Figures that follow from others: right when written, refused when they do not agree."""

from __future__ import annotations

import json

import pytest

from bitnet_report import (
    NotAReportError,
    Summary,
    check_derived,
    frequency_normalization,
    normalized_ms,
    read_report,
    report_from_document,
    stage_profile,
    summarize,
)


def test_the_briefs_own_example():
    """2400 MHz, 1000 ms, reference 3000 MHz: 800 ms."""
    assert normalized_ms(1000.0, 2400.0, 3000.0) == 800.0

    frequency = frequency_normalization(2400.0, 3000.0)
    assert frequency.scale_factor == 0.8
    assert "2400" in frequency.explanation
    assert "3000" in frequency.explanation
    assert stage_profile("prefill", [1000.0], frequency).duration_normalized_ms == 800.0


def test_without_a_clock_nothing_is_normalised():
    frequency = frequency_normalization(None, 3000.0)
    stage = stage_profile("prefill", [1000.0], frequency)
    summary = summarize([stage])
    assert (frequency.scale_factor, stage.duration_normalized_ms) == (None, None)
    assert (summary.prefill_ms, summary.prefill_normalized_ms) == (1000.0, None)
    assert summary.total_time_normalized_ms is None


def test_the_figures_of_a_whole_report(report):
    decode = report.stage("decode")
    assert decode.samples_ms == [400.0, 410.0, 390.0]
    assert decode.duration_ms == 400.0  # the median
    assert decode.ms_per_token == 100.0
    assert decode.duration_normalized_ms == 320.0
    assert decode.cycles_per_token == 100.0 * 2400 * 1000
    assert report.stage("prefill").memory_delta_mb == -10.0
    summary = report.summary
    assert summary.prefill_ms == 1000.0
    assert summary.prefill_normalized_ms == 800.0
    assert summary.decode_ms_per_token == 100.0
    assert summary.decode_normalized_ms_per_token == 80.0
    assert summary.decode_tokens_per_s == 10.0
    assert summary.total_time_ms == pytest.approx(500 + 4000 + 0.5 + 1000 + 400 + 0.05)
    assert summary.inference_time_ms == pytest.approx(1400.55)
    assert summary.time_to_first_token_ms == 1000.5
    assert summary.peak_memory_mb == 5500.0
    assert check_derived(report) is None


def test_a_stages_own_clock_outweighs_the_runs():
    stage = stage_profile("decode", [100.0], frequency_normalization(2400.0, 3000.0), clock_mhz=1500.0)
    assert stage.duration_normalized_ms == 50.0


def test_a_report_survives_its_own_writing(report):
    assert read_report(report.to_json()) == report


def value_at(document: dict, path: tuple) -> object:
    place = document
    for key in path:
        place = place[key]
    return place


def tampered(document: dict, path: tuple, value: object) -> dict:
    value_at(document, path)  # there is such a figure
    value_at(document, path[:-1])[path[-1]] = value
    return document


STAGE_FIGURES = [
    "duration_ms",
    "duration_normalized_ms",
    "ms_per_token",
    "memory_delta_mb",
    "cycles_per_token",
]
STATISTICS = ["n", "median", "mad", "minimum", "maximum", "cv", "iqr"]
DERIVED = [
    *[("summary", name) for name in Summary.model_fields],
    *[("stage_profiles", 3, name) for name in STAGE_FIGURES],
    *[("stage_profiles", 4, name) for name in STAGE_FIGURES if name != "memory_delta_mb"],
    *[("stage_profiles", 3, "statistics", name) for name in STATISTICS],
    ("freq_normalization", "scale_factor"),
    ("decode_steps_ms", 1),
]


def named(path: tuple) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


@pytest.mark.parametrize("path", DERIVED, ids=named)
def test_a_derived_figure_that_does_not_follow_is_refused_by_name(report, path):
    document = json.loads(report.to_json())
    honest = value_at(document, path)
    value = [*honest, 1.0] if isinstance(honest, list) else honest * 2 + 1
    with pytest.raises(NotAReportError) as refused:
        report_from_document(tampered(document, path, value))
    assert refused.value.field == named(path)


@pytest.mark.parametrize(
    "path",
    [("summary", name) for name in Summary.model_fields if name != "total_time_ms"]
    + [("stage_profiles", 3, name) for name in ("duration_normalized_ms", "ms_per_token", "memory_delta_mb")]
    + [("freq_normalization", "scale_factor")],
    ids=named,
)
def test_a_derived_figure_that_is_kept_back_is_refused_by_name(report, path):
    with pytest.raises(NotAReportError) as refused:
        report_from_document(tampered(json.loads(report.to_json()), path, None))
    assert refused.value.field == named(path)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("freq_normalization", "scale_factor"), 0.8),
        (("stage_profiles", 0, "duration_normalized_ms"), 400.0),
        (("stage_profiles", 2, "memory_delta_mb"), 40.0),
        (("stage_profiles", 0, "ms_per_token"), 1.0),
        (("summary", "total_time_normalized_ms"), 1000.0),
    ],
    ids=lambda value: named(value) if isinstance(value, tuple) else "",
)
def test_a_figure_with_nothing_to_follow_from_is_refused(report, path, value):
    frequency = frequency_normalization(None, 3000.0)
    stages = [
        stage_profile(stage.name, stage.samples_ms, frequency, tokens=stage.tokens)
        for stage in report.stage_profiles
    ]
    bare = report.model_copy(
        update={"freq_normalization": frequency, "stage_profiles": stages, "summary": summarize(stages)}
    )
    document = json.loads(bare.to_json())
    report_from_document(json.loads(bare.to_json()))
    with pytest.raises(NotAReportError) as refused:
        report_from_document(tampered(document, path, value))
    assert refused.value.field == named(path)


def test_a_stage_that_stands_twice_is_refused(document):
    document["stage_profiles"].append(document["stage_profiles"][3])
    with pytest.raises(NotAReportError, match="prefill stands twice"):
        report_from_document(document)


def test_a_missing_list_of_steps_is_refused(document):
    document["decode_steps_ms"].pop()
    with pytest.raises(NotAReportError) as refused:
        report_from_document(document)
    assert refused.value.field == "decode_steps_ms"


def test_rounding_to_two_decimals_is_no_contradiction(report):
    def rounded(value):
        if isinstance(value, dict):
            return {key: rounded(item) for key, item in value.items()}
        if isinstance(value, list):
            return [rounded(item) for item in value]
        return round(value, 2) if isinstance(value, float) else value

    document = rounded(json.loads(report.to_json()))
    for stage in document["stage_profiles"]:
        del stage["cycles_per_token"]  # a rounded ms/token has lost too many of them
    assert report_from_document(document).summary.prefill_ms == 1000.0
