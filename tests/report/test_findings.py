"""What a run says: each sentence only where the figures bear it out, in both languages."""

from __future__ import annotations

import re

import pytest

from bitnet_report import (
    Allocation,
    Limits,
    Quality,
    Report,
    StageAllocation,
    StageRoofline,
    Traffic,
    finding_sentence,
    findings,
    stage_operators,
    what_a_run_says,
)
from bitnet_report import finding_words as words
from bitnet_report.bounds import roofline

GB = 10**9
TOKEN_MS = 100.0  # the fixture's decode: 400 ms for 4 tokens


def codes(report: Report) -> list[str]:
    return [finding.code for finding in findings(report)]


def values(report: Report, code: str) -> dict:
    return next(finding.values for finding in findings(report) if finding.code == code)


def split(report: Report, kinds: dict[str, float], instrumented: float = 110.0) -> Report:
    decode = stage_operators(
        "decode",
        forwards=4,
        tokens=1,
        timed_ms=TOKEN_MS,
        instrumented_ms=instrumented,
        kinds={name: (1, ms) for name, ms in kinds.items()},
    )
    return report.model_copy(update={"operators": [decode]})


def under_a_roof(report: Report, *, moved: int, operations: int, cache_mb: float = 32.0) -> Report:
    counted = StageRoofline(
        stage="decode",
        forwards=4,
        operations=operations,
        arithmetic="bfloat16",
        traffic=[Traffic(part="weights", read_bytes=moved, written_bytes=0)],
        distinct_bytes=GB // 2,
        ternary_weights=400_000_000,
    )
    limits = Limits(
        taken="before",
        threads=2,
        read_how="native",
        read_gb_per_s=40.0,
        read_samples_gb_per_s=[40.0],
        array_mb=4 * cache_mb,
        cache_mb=cache_mb,
        array_factor=4.0,
        peaks_gops={"bfloat16": 1000.0},
        peak_samples_gops={"bfloat16": [1000.0]},
    )
    made = roofline([limits], [counted], report.stage_profiles, report.freq_normalization)
    return report.model_copy(update={"roofline": made})


def faulting(report: Report, saving_ms: float) -> Report:
    stage = StageAllocation(
        stage="decode",
        forwards=4,
        tokens=1,
        minor_faults=400_000,
        faults_per_forward=100_000,
        faults_per_token=100_000,
        saving_ms=saving_ms,
    )
    found = Allocation(faults_source="getrusage", fault_cost_ns=saving_ms * 10, stages=[stage])
    return report.model_copy(update={"allocation": found})


def by(report: Report, **work: str) -> Report:
    return report.model_copy(update={"workload": report.workload.model_copy(update=work)})


def test_a_run_with_times_alone_says_how_long_a_token_takes_and_where_memory_peaks(report):
    assert codes(report) == ["token-time", "batching", "peak-memory"]
    assert values(report, "token-time") == {"ms": TOKEN_MS, "per_s": 10.0}
    assert values(report, "batching")["times"] == pytest.approx(100 / (1000 / 128))
    assert values(report, "peak-memory") == {"mb": 5500.0, "stage": "prefill"}


def test_requantising_is_named_with_its_share_of_the_timed_token(report):
    found = values(split(report, {"weight-quantization": 66.0, "attention": 20.0}), "requantizing")

    assert found == {"percent": pytest.approx(60.0), "ms": pytest.approx(60.0)}


@pytest.mark.parametrize("instrumented", [60.0, 160.0, 4500.0])
def test_a_pass_unlike_the_timed_ones_is_no_ground_for_a_share(report, instrumented):
    run = split(report, {"weight-quantization": instrumented}, instrumented)

    assert values(run, "split-off") == {"ms": instrumented, "timed_ms": TOKEN_MS}
    assert not {"requantizing", "largest-operator"} & {*codes(run)}
    assert f"{instrumented:,.0f} ms" in what_a_run_says(findings(run), "zh")


@pytest.mark.parametrize(("token_ms", "said"), [(5.5047, "5.5 ms: 181"), (83.24, "83.2 ms: 12.01")])
def test_a_short_token_keeps_the_digits_that_its_rate_is_made_of(report, token_ms, said):
    stages = [
        stage.model_copy(update={"ms_per_token": token_ms}) if stage.name == "decode" else stage
        for stage in report.stage_profiles
    ]

    assert said in what_a_run_says(findings(report.model_copy(update={"stage_profiles": stages})), "en")


def test_another_engine_is_not_told_to_use_quantized_once(report):
    run = by(split(report, {"weight-quantization": 66.0}), engine="packed")

    assert "requantizing" not in codes(run)
    assert "quantized-once" not in what_a_run_says(findings(run), "en")


def test_where_quantising_is_little_the_largest_operator_is_named(report):
    run = split(report, {"weight-quantization": 20.0, "bitlinear-matmul": 80.0})

    assert values(run, "largest-operator")["kind"] == "bitlinear-matmul"
    assert "BitLinear matrix products" in what_a_run_says(findings(run), "en")
    assert "BitLinear 矩阵乘法" in what_a_run_says(findings(run), "zh")


@pytest.mark.parametrize(
    ("moved", "operations", "code"),
    [
        (14 * GB, GB, "decode-memory-bound"),  # 35 of 40 GB/s
        (8 * GB, GB, "decode-partly-memory-bound"),  # 20 of 40
        (GB, 350 * GB, "decode-compute-bound"),  # 875 of 1000 Gop/s
        (GB, 200 * GB, "decode-partly-compute-bound"),
        (GB, GB, "decode-overhead"),
    ],
)
def test_the_verdict_is_the_rooflines(report, moved, operations, code):
    run = under_a_roof(report, moved=moved, operations=operations)

    assert [found for found in codes(run) if found.startswith("decode-")] == [code]


def test_a_share_just_below_a_threshold_does_not_look_like_one_on_it(report):
    run = under_a_roof(report, moved=int(6.36 * GB), operations=GB)  # 15.9 of 40 GB/s

    assert "decode-overhead" in codes(run)
    assert "39.8 % of the bandwidth" in what_a_run_says(findings(run), "en")


def test_the_traffic_of_a_token_stands_beside_the_two_bit_ideal(report):
    found = values(under_a_roof(report, moved=16 * GB, operations=GB), "traffic")

    assert found == {"gb": 4.0, "ideal_gb": 0.1, "times": pytest.approx(40.0)}


def test_a_model_that_fits_into_the_cache_is_not_called_memory_bound(report):
    found = codes(under_a_roof(report, moved=16 * GB, operations=GB, cache_mb=1000.0))

    assert "fits-in-cache" in found
    assert "decode-memory-bound" not in found


def test_page_faults_are_named_where_they_take_a_twentieth(report):
    assert "page-faults" not in codes(faulting(report, 4.9))
    found = values(faulting(report, 20.0), "page-faults")
    assert found == {"faults": 100_000, "ms": 20.0, "percent": pytest.approx(20.0)}
    said = what_a_run_says(findings(faulting(report, 20.0)), "en")
    assert "A token's time includes 100,000 page faults" in said  # they are no part beside the operators


def test_a_run_that_is_tuned_already_is_not_told_to_tune(report):
    run = by(faulting(report, 20.0), malloc="tuned")

    assert "page faults" in what_a_run_says(findings(run), "en")
    assert "--malloc" not in what_a_run_says(findings(run), "en")


@pytest.mark.parametrize(("grade", "code", "place"), [("C", "doubtful", -1), ("invalid", "invalid", 0)])
def test_a_bad_grade_has_the_last_word_and_an_invalid_run_the_first(report, grade, code, place):
    assert codes(report.model_copy(update={"quality": Quality(grade=grade)}))[place] == code


def test_a_share_that_rounds_to_nothing_is_not_said_to_be_nothing(report):
    run = under_a_roof(report, moved=GB, operations=GB // 10)  # 0.25 of 1000 Gop/s

    assert "(<0.1 % of the peak)" in what_a_run_says(findings(run), "en")
    assert "（仅用 <0.1 %）" in what_a_run_says(findings(run), "zh")


def test_a_prefill_next_to_nothing_is_not_said_to_be_so_many_times_as_fast(report):
    stages = [
        stage.model_copy(update={"ms_per_token": 5e-324}) if stage.name == "prefill" else stage
        for stage in report.stage_profiles
    ]

    assert "batching" in codes(report)
    assert "batching" not in codes(report.model_copy(update={"stage_profiles": stages}))


def test_a_run_without_decode_says_nothing_of_tokens(report):
    run = report.model_copy(
        update={"stage_profiles": [s for s in report.stage_profiles if s.name != "decode"]}
    )

    assert "token-time" not in codes(run)


def test_every_sentence_takes_the_same_numbers_in_both_languages():
    placeholder = re.compile(r"(?<!{){(\w+)[:}]")
    for code, (english, chinese) in words._SENTENCES.items():
        assert set(placeholder.findall(english)) == set(placeholder.findall(chinese)), code


def test_everything_at_once_is_one_paragraph_without_a_gap(report):
    run = faulting(
        under_a_roof(split(report, {"weight-quantization": 66.0}), moved=14 * GB, operations=GB), 20.0
    )
    found = findings(run)

    for language in ("en", "zh"):
        paragraph = what_a_run_says(found, language)
        assert "{" not in paragraph.replace("{-1, 0, 1}", "")
        assert all(finding_sentence(finding, language) in paragraph for finding in found)
    assert what_a_run_says(found, "en").startswith(
        "One decoded token takes 100 ms: 10.00 tokens a second. 60 %"
    )
