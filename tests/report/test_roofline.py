"""The roofline's figures: right when written, refused when they do not agree."""

from __future__ import annotations

import json

import pytest

from bitnet_report import (
    Limits,
    NotAReportError,
    Report,
    StageRoofline,
    Traffic,
    caveat_sentences,
    check_derived,
    findings,
    grade,
    read_report,
    verdict_words,
)
from bitnet_report.bounds import roofline, verdict
from bitnet_report.roofline_caveats import roofline_caveats

GB = 10**9


def limits(read: float = 40.0, bf16: float = 1000.0, cache_mb: float = 32.0, taken="before") -> Limits:
    return Limits(
        taken=taken,
        threads=2,
        read_how="native",
        read_gb_per_s=read,
        read_samples_gb_per_s=[read],
        array_mb=cache_mb * 4,
        cache_mb=cache_mb,
        array_factor=4.0,
        peaks_gops={"bfloat16": bf16},
        peak_samples_gops={"bfloat16": [bf16]},
    )


def decode_counts(moved: int = 8 * GB, distinct: int = GB // 2, operations: int = 20 * GB) -> StageRoofline:
    """Four forwards over 400 million ternary weights."""
    return StageRoofline(
        stage="decode",
        forwards=4,
        operations=operations,
        arithmetic="bfloat16",
        traffic=[Traffic(part="weights", read_bytes=moved - GB, written_bytes=GB)],
        distinct_bytes=distinct,
        ternary_weights=400_000_000,
        other_weight_bytes=1000,
    )


def under_the_roof(report: Report, counted: StageRoofline, *readings: Limits) -> Report:
    made = roofline(readings or [limits()], [counted], report.stage_profiles, report.freq_normalization)
    return report.model_copy(update={"roofline": made})


def test_the_figures_of_a_stage(report):
    """Decode takes 400 ms at 2400 MHz: 8 GB in 0.4 s are 20 GB/s, half of what the machine can."""
    stage = under_the_roof(report, decode_counts()).roofline.stage("decode")

    assert stage.bytes == 8 * GB
    assert stage.intensity == 2.5
    assert (stage.gb_per_s, stage.gops) == pytest.approx((20, 50))
    assert (stage.bandwidth_share, stage.compute_share) == pytest.approx((0.5, 0.05))
    assert stage.verdict == "partly memory-bound"
    assert stage.ideal_2bit_bytes == 400_000_000
    assert stage.ideal_2bit_ms == pytest.approx(20)  # 20 Gop at 1000 Gop/s; the bytes would take 10
    assert stage.core_bound_share == pytest.approx(0.5)
    assert stage.normalized_bound_aware_ms == pytest.approx(400 * (0.5 * 0.8 + 0.5))  # the brief's: 320


def test_what_is_wholly_memory_bound_does_not_scale_with_the_clock(report):
    stage = under_the_roof(report, decode_counts(moved=20 * GB)).roofline.stage("decode")
    assert stage.bandwidth_share == pytest.approx(1.25)
    assert (stage.verdict, stage.core_bound_share) == ("memory-bound", 0.0)
    assert stage.normalized_bound_aware_ms == pytest.approx(400.0)


def test_weights_that_fit_in_the_cache_are_not_bound_by_memory(report):
    """As a tiny model's: reading them is no reason to wait, whatever the bytes come to."""
    tiny = decode_counts(moved=20 * GB, distinct=1_000_000)
    stage = under_the_roof(report, tiny).roofline.stage("decode")
    assert stage.fits_in_cache is True
    assert (stage.verdict, stage.core_bound_share) == ("overhead", 1.0)
    assert stage.normalized_bound_aware_ms == pytest.approx(320.0)


def test_the_limits_are_the_medians_of_their_readings(report):
    readings = [
        limits(30.0),
        limits(50.0, taken="after"),
        limits(70.0),
        limits(90.0, bf16=3000, taken="after"),
    ]
    made = under_the_roof(report, decode_counts(), *readings).roofline
    assert made.read_gb_per_s == 60.0
    assert made.peaks_gops == {"bfloat16": 1000.0}


def test_without_limits_there_is_no_verdict(report):
    nothing = Limits(taken="before", threads=2)
    stage = under_the_roof(report, decode_counts(), nothing).roofline.stage("decode")
    assert (stage.verdict, stage.bandwidth_share, stage.normalized_bound_aware_ms) == (None, None, None)
    assert stage.intensity == 2.5


@pytest.mark.parametrize(
    ("bandwidth", "compute", "said"),
    [
        (0.70, 0.1, "memory-bound"),
        (0.69, 0.1, "partly memory-bound"),
        (0.40, None, "partly memory-bound"),
        (0.39, 0.39, "overhead"),
        (0.5, 0.7, "compute-bound"),
        (None, 0.4, "partly compute-bound"),
        (None, None, None),
    ],
)
def test_the_verdicts_thresholds(bandwidth, compute, said):
    assert verdict(bandwidth, compute) == said


def test_a_written_roofline_is_read_again(report):
    written = under_the_roof(report, decode_counts())
    assert check_derived(written) is None
    assert read_report(written.to_json()) == written


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bytes", 1),
        ("gb_per_s", 40.0),
        ("bandwidth_share", 0.9),
        ("verdict", "memory-bound"),
        ("fits_in_cache", True),
        ("normalized_bound_aware_ms", 320.0),
        ("stage", "prefill"),
    ],
)
def test_a_figure_that_does_not_follow_is_refused(report, name, value):
    document = json.loads(under_the_roof(report, decode_counts()).to_json())
    document["roofline"]["stages"][0][name] = value
    with pytest.raises(NotAReportError, match=r"roofline\.stages\[0\]"):
        read_report(json.dumps(document).encode())


def test_a_limit_that_no_reading_gives_is_refused(report):
    document = json.loads(under_the_roof(report, decode_counts()).to_json())
    document["roofline"]["peaks_gops"]["int8"] = 1e9
    with pytest.raises(NotAReportError, match="int8"):
        read_report(json.dumps(document).encode())


# Caveats


def caveats(report: Report, counted: StageRoofline, *readings: Limits) -> dict[str, dict]:
    found = roofline_caveats(under_the_roof(report, counted, *readings))
    return {caveat.code: caveat.values for caveat in found}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (limits(40), limits(45, taken="after"), {}),
        (limits(47), limits(80, taken="after"), {"limits-moved": "GB/s"}),
        (limits(80), limits(47, taken="after"), {"limits-moved": "GB/s"}),
        (limits(40, bf16=1000), limits(41, bf16=1150, taken="after"), {}),
        (limits(40, bf16=1000), limits(41, bf16=1300, taken="after"), {"limits-moved": "Gop/s bfloat16"}),
        (limits(40, bf16=1000), limits(80, bf16=1300, taken="after"), {"limits-moved": "GB/s"}),
        (limits(40), Limits(taken="after", threads=2), {}),
    ],
)
def test_limits_that_moved(report, before, after, said):
    found = caveats(report, decode_counts(), before, after)
    assert {code: values["what"] for code, values in found.items()} == said


def test_the_sentence_says_how_far_they_moved(report):
    written = under_the_roof(report, decode_counts(), limits(47), limits(80, taken="after"))
    (caveat,) = roofline_caveats(written)
    assert "from 47 to 80 GB/s, 70 % apart" in caveat.message
    assert "47 到 80 GB/s" in caveat_sentences(caveat, "zh")[0]
    assert grade([caveat]) == "B"


@pytest.mark.parametrize(
    ("distinct_gb", "said"),
    [
        (4.3, None),  # 4 forwards of 4.3 GB in 0.4 s: 43 GB/s where 40 were measured, the probe's own spread
        (5.0, "faster-than-limit"),
        (9.0, "far-faster-than-limit"),
    ],
)
def test_more_read_than_the_memory_gives(report, distinct_gb, said):
    counted = decode_counts(moved=40 * GB, distinct=int(distinct_gb * GB))
    assert [*caveats(report, counted, limits(40, cache_mb=1))] == ([said] if said else [])


def test_what_the_cache_can_hold_need_not_come_from_memory(report):
    """A tiny model may read far more than the memory gives, and is right."""
    assert caveats(report, decode_counts(moved=900 * GB, distinct=30 * 2**20)) == {}


def test_huge_pages_raise_the_limit(report):
    counted = decode_counts(moved=40 * GB, distinct=5 * GB)
    reading = limits(40, cache_mb=1).model_copy(update={"read_huge_pages_gb_per_s": 60.0})
    assert caveats(report, counted, reading) == {}


def test_a_kernel_that_returns_without_computing_is_invalid(report):
    """METHOD's false record: operations that no unit of the machine could have done."""
    found = caveats(report, decode_counts(operations=1000 * GB), limits(bf16=1000.0))
    assert found["far-faster-than-limit"]["factor"] == pytest.approx(2.5)
    written = under_the_roof(report, decode_counts(operations=1000 * GB), limits(bf16=1000.0))
    assert grade(roofline_caveats(written)) == "invalid"


def test_a_peak_below_what_the_stage_reached_is_no_limit(report):
    """torch multiplies some types on some processors in a way that is far from what the model's layers do."""
    low = limits(bf16=100.0).model_copy(update={"peaks_gops": {"bfloat16": 100.0, "float32": 400.0}})
    found = caveats(report, decode_counts(operations=80 * GB), low)  # in 0.4 s: 200 Gop/s
    assert list(found) == ["peak-too-low"]
    assert (found["peak-too-low"]["factor"], found["peak-too-low"]["what"]) == (2.0, "Gop/s bfloat16")
    written = under_the_roof(report, decode_counts(operations=80 * GB), low)
    (caveat,) = roofline_caveats(written)
    assert grade([caveat]) == "A"
    stage = written.roofline.stage("decode")
    assert stage.verdict == "compute-bound"
    assert "too low to say" in verdict_words(stage, "en")
    assert "无法判断" in verdict_words(stage, "zh")
    assert not [finding for finding in findings(written) if "compute-bound" in finding.code]


def test_without_limits_there_is_nothing_to_doubt(report):
    assert caveats(report, decode_counts(), Limits(taken="before", threads=2)) == {}
    assert roofline_caveats(report) == []
