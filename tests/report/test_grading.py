"""The grades: every code, every mixture of severities, and the samples' own doubts at their thresholds."""

from __future__ import annotations

import itertools
import json

import pytest

from bitnet_report import (
    Caveat,
    Interference,
    combine_interferences,
    grade,
    interference_caveats,
    read_report,
    severity,
    statistics_caveats,
)
from bitnet_report.caveats import CODES
from bitnet_report.derived import stage_profile, summarize
from bitnet_report.grading import SEVERITIES

ONE_OF_EACH = {"note": "stand-in", "doubt": "noisy", "bad": "not-steady", "invalid": "logits-not-finite"}


def of(*codes: str) -> list[Caveat]:
    return [Caveat(code=code, message="…") for code in codes]


def test_every_code_has_a_severity_and_every_severity_a_code():
    assert set(SEVERITIES) == CODES


@pytest.mark.parametrize("code", sorted(CODES))
def test_one_caveat_alone_decides_the_grade(code):
    expected = {"note": "A", "doubt": "B", "bad": "C", "invalid": "invalid"}
    assert grade(of(code)) == expected[severity(code)]


@pytest.mark.parametrize(
    "present", [c for n in range(5) for c in itertools.combinations(ONE_OF_EACH, n)], ids="+".join
)
def test_the_worst_of_a_mixture_decides(present):
    expected = next(
        (mark for kind, mark in (("invalid", "invalid"), ("bad", "C"), ("doubt", "B")) if kind in present),
        "A",
    )
    codes = [ONE_OF_EACH[kind] for kind in present]
    assert grade(of(*codes)) == grade(of(*reversed(codes))) == expected


def test_an_unknown_code_is_a_doubt():
    assert severity("from-the-future") == "doubt"
    assert grade(of("from-the-future")) == "B"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("logits-not-finite", "invalid"), ("version-0", "bad"), ("not-steady", "bad"),
        ("compiled-while-measuring", "bad"), ("unusable-noise", "bad"), ("steal-heavy", "bad"),
        ("other-load-heavy", "bad"), ("clock-not-measured", "doubt"), ("steal", "doubt"),
        ("stand-in", "note"), ("memory-sampled", "note"),
    ],
)  # fmt: skip
def test_what_was_agreed_stays(code, expected):
    assert severity(code) == expected


def test_a_report_of_the_original_script_is_a_c_at_best(old_document):
    report = read_report(json.dumps(old_document).encode())
    assert grade(report.quality.caveats) == "C"


def with_prefill(report, samples: list[float]):
    """The report with these samples of prefill."""
    stages = [
        stage_profile("prefill", samples, report.freq_normalization, tokens=128)
        if stage.name == "prefill"
        else stage
        for stage in report.stage_profiles
    ]
    return report.model_copy(update={"stage_profiles": stages, "summary": summarize(stages)})


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ([100.0, 101.0, 102.0], []),
        ([100.0], ["few-repetitions"]),
        ([100.0, 100.0], ["few-repetitions"]),
        ([90.0, 100.0, 110.0], []),  # IQR ÷ median is 10 %: not over
        ([89.0, 100.0, 111.0], ["noisy"]),
        ([74.0, 100.0, 126.0], ["unusable-noise"]),
        ([100.0, 100.0, 104.9, 104.9], []),
        ([100.0, 100.0, 106.0, 106.0], ["drift"]),
        ([106.0, 106.0, 100.0, 100.0], ["drift"]),
        ([100.0, 100.1, 99.9, 100.2, 120.0, 99.8, 100.1, 99.9], ["outliers"]),
        ([100.0, 100.1, 99.9, 100.2, 104.0, 99.8, 100.1, 99.9], []),  # stands out, and is 4 % off
        ([100.0, 100.1, 119.0], []),  # too few to tell which is the odd one
    ],
)
def test_the_samples_doubts_begin_at_their_thresholds(report, samples, expected):
    caveats = statistics_caveats(with_prefill(report, samples))
    assert [caveat.code for caveat in caveats] == expected


def test_a_statistical_doubt_names_the_stage_and_its_figures(report):
    (caveat,) = statistics_caveats(with_prefill(report, [100.0, 100.0, 110.0, 110.0]))
    assert caveat.values == {"stage": "prefill", "percent": pytest.approx(10.0)}
    assert "prefill drifted" in caveat.message
    assert "+10.0 %" in caveat.message


def test_a_report_without_statistics_has_no_statistical_doubt(old_document):
    assert statistics_caveats(read_report(json.dumps(old_document).encode())) == []


def seen(**figures: object) -> Interference:
    return Interference(wall_ms=10_000.0, **figures)


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({}, []),
        ({"steal_share": 0.0099}, []),
        ({"steal_share": 0.01}, ["steal"]),
        ({"steal_share": 0.05}, ["steal-heavy"]),
        ({"other_cores": 0.049}, []),
        ({"other_cores": 0.05}, ["other-load"]),
        ({"other_cores": 0.25}, ["other-load-heavy"]),
        ({"load_before": 0.49}, []),
        ({"load_before": 0.5}, ["busy-before"]),
        ({"cgroup_throttled_periods": 0, "cgroup_throttled_ms": 0.0}, []),
        ({"cgroup_throttled_periods": 1, "cgroup_throttled_ms": 499.0}, ["throttled-cgroup"]),
        ({"cgroup_throttled_periods": 9, "cgroup_throttled_ms": 500.0}, ["throttled-cgroup-heavy"]),
        ({"thermal_throttles": 1}, ["throttled-thermal"]),
        ({"swapped_in_mb": 0.9}, []),
        ({"swapped_in_mb": 1.0}, ["swapped-in"]),
        ({"swapped_in_mb": 19.6}, ["swapped-in-heavy"]),
        ({"major_faults": 999}, []),
        ({"major_faults": 1000}, ["disk-reads"]),
        ({"on_battery": False}, []),
        ({"on_battery": True}, ["on-battery"]),
        ({"governor": "userspace"}, ["governor"]),
        ({"migrations_per_s": 39.9}, []),
        ({"migrations_per_s": 40.0}, ["migrations"]),
        ({"involuntary_switches_per_s": 119.9}, []),
        ({"involuntary_switches_per_s": 120.0}, ["involuntary-switches"]),
    ],
    ids=str,
)
def test_interference_becomes_a_doubt_at_its_threshold(figures, expected):
    assert [caveat.code for caveat in interference_caveats(seen(**figures), threads=2)] == expected


def test_no_record_is_no_doubt():
    assert interference_caveats(None, None) == []


def test_spans_are_put_together_by_their_length():
    first = Interference(wall_ms=1000.0, steal_share=0.0, major_faults=3, load_before=0.2, other_cores=0.1)
    second = Interference(wall_ms=3000.0, steal_share=0.04, major_faults=4, load_before=1.9, governor="x")
    whole = combine_interferences([first, second])

    assert whole.wall_ms == 4000
    assert whole.steal_share == pytest.approx(0.03)
    assert whole.major_faults == 7
    assert whole.load_before == 0.2
    assert whole.other_cores is None
    assert whole.governor == "x"
    assert combine_interferences([first]) is first
    assert combine_interferences([]) is None
