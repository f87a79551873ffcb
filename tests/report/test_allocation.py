"""Memory management on the wire: its sums, the saving that follows, and when a run says so."""

from __future__ import annotations

import json

import pytest

from bitnet_report import (
    Allocation,
    NotAReportError,
    allocation_caveats,
    grade,
    read_report,
    report_from_document,
    saving_share,
    stage_allocation,
)


def churning(cost_ns: float | None = 1000.0, decode_faults: int = 80_000) -> Allocation:
    """Decode of 4 tokens with 20 000 faults each, prefill of 128 with 30 000, at 1 µs."""
    return Allocation(
        faults_source="getrusage",
        fault_cost_ns=cost_ns,
        stages=[
            stage_allocation("prefill", forwards=1, tokens=128, minor_faults=30_000, fault_cost_ns=cost_ns),
            stage_allocation(
                "decode",
                forwards=4,
                tokens=1,
                minor_faults=decode_faults,
                fault_cost_ns=cost_ns,
                large_temporaries=90,
                large_temporaries_mb=3037.5,
            ),
        ],
    )


def with_allocation(report, allocation, **workload):
    work = report.workload.model_copy(update=workload)
    return report.model_copy(update={"allocation": allocation, "workload": work})


def test_the_figures_follow_from_the_counts():
    prefill, decode = churning().stages
    assert (decode.faults_per_forward, decode.faults_per_token, decode.saving_ms) == (20_000, 20_000, 20.0)
    assert (prefill.faults_per_forward, prefill.faults_per_token) == (30_000, 30_000 / 128)
    assert churning(None).stages[0].saving_ms is None


def test_the_share_is_of_one_forward(report):
    found = with_allocation(report, churning())
    assert saving_share(found, "prefill") == pytest.approx(30 / 1000)
    assert saving_share(found, "decode") == pytest.approx(20 / 100)
    assert saving_share(found, "load_model") is None
    assert saving_share(report, "decode") is None


def test_a_noticeable_share_is_a_note_with_its_remedy_that_costs_no_grade(report):
    (note,) = allocation_caveats(with_allocation(report, churning()))
    assert note.code == "allocator-churn"
    assert "decode" in note.message
    assert "20,000 page faults" in note.message
    assert "20 %" in note.message
    assert "--malloc tuned" in (note.remedy or "")
    assert grade([note]) == "A"


@pytest.mark.parametrize(
    ("allocation", "malloc"),
    [
        (None, "default"),
        (churning(decode_faults=4 * 4900), "default"),  # 4.9 % of decode, 3 % of prefill
        (churning(None), "default"),
        (churning(), "tuned"),
        (churning(), "environment"),
    ],
    ids=["not counted", "small", "cost unknown", "tuned", "environment"],
)
def test_there_is_no_note_where_it_is_small_unknown_or_cannot_be_helped(report, allocation, malloc):
    assert list(allocation_caveats(with_allocation(report, allocation, malloc=malloc))) == []


def test_exactly_five_percent_is_noticeable(report):
    found = with_allocation(report, churning(decode_faults=4 * 5000))
    assert [note.values["stage"] for note in allocation_caveats(found)] == ["decode"]


def test_it_survives_the_wire(report):
    found = with_allocation(report, churning(), malloc="tuned")
    assert read_report(found.to_json()) == found


@pytest.mark.parametrize("field", ["faults_per_forward", "faults_per_token", "saving_ms"])
def test_a_figure_that_its_parts_do_not_give_is_refused(report, field):
    document = json.loads(with_allocation(report, churning()).to_json())
    document["allocation"]["stages"][1][field] *= 1.1
    with pytest.raises(NotAReportError, match=rf"allocation.stages\[1\].{field}"):
        report_from_document(document)


def test_a_stage_that_stands_twice_is_refused(report):
    document = json.loads(with_allocation(report, churning()).to_json())
    document["allocation"]["stages"] *= 2
    with pytest.raises(NotAReportError, match="stands twice"):
        report_from_document(document)
