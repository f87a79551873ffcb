from __future__ import annotations

from datetime import timedelta

import pytest
from collector_reports import START, digest, make_report, version_0

from bitnet_collector.columns import run_columns
from bitnet_collector.summary import summarize_runs
from bitnet_collector.summary_table import Difference, Note
from bitnet_collector.tables import Standing
from bitnet_collector.workloads import UnknownWorkloadError
from bitnet_report import report_from_document, workload_id

TEAM = ("WJ", "WYC", "LCJ")
NOW = START + timedelta(days=1)


def standing(report, runs=1):
    return Standing(run_columns(report, report.member, digest("x"), NOW), runs)


def table_of(*reports, members=TEAM, workload=None):
    return summarize_runs([standing(report) for report in reports], members, NOW, workload)


def rows_of(*reports, **options):
    return {row.member: row for row in table_of(*reports, **options).rows}


def test_configured_members_come_first_in_their_order_then_others_by_name():
    table = table_of(make_report("B"), make_report("LCJ"), make_report("A"))
    assert [row.member for row in table.rows] == ["WJ", "WYC", "LCJ", "A", "B"]


def test_without_a_run_every_figure_is_empty():
    table = table_of()
    assert table.workload is None
    assert [row.model_dump(exclude_defaults=True) for row in table.rows] == [
        {"member": member, "unranked": "no-run"} for member in TEAM
    ]


def test_the_brief_s_example_of_normalisation():
    row = rows_of(make_report("WJ", prefill_ms=1000.0, clock_mhz=2400.0))["WJ"]
    assert (row.prefill_ms, row.prefill_normalized_ms) == (1000.0, 800.0)


def test_another_reference_clock_is_brought_to_3_ghz():
    row = rows_of(make_report("WJ", prefill_ms=1000.0, clock_mhz=2400.0, reference_mhz=1500.0))["WJ"]
    assert row.prefill_normalized_ms == pytest.approx(800.0)
    assert row.decode_normalized_ms_per_token == pytest.approx(500.0 * 0.8)


def test_runs_of_the_same_work_are_ranked_by_decode_as_measured():
    rows = rows_of(
        make_report("WJ", decode_ms_per_token=500.0, clock_mhz=4000.0),
        make_report("WYC", decode_ms_per_token=250.0, clock_mhz=4800.0, threads=8),
        make_report("LCJ", decode_ms_per_token=500.0, clock_mhz=1000.0),
        make_report("D", decode_ms_per_token=1000.0),
    )
    found = {member: (row.rank, row.ratio, row.unranked) for member, row in rows.items()}
    assert found == {"WJ": (2, 2.0, None), "WYC": (1, 1.0, None), "LCJ": (2, 2.0, None), "D": (4, 4.0, None)}


def test_a_run_graded_invalid_or_without_decode_is_shown_and_not_ranked():
    rows = rows_of(
        make_report("WJ"),
        make_report("WYC", decode_ms_per_token=1.0, grade="invalid"),
        make_report("LCJ", decode_ms_per_token=0.0),
    )
    assert (rows["WJ"].rank, rows["WJ"].ratio) == (1, 1.0)
    assert (rows["WYC"].rank, rows["WYC"].unranked, rows["WYC"].decode_ms_per_token) == (None, "invalid", 1.0)
    assert (rows["LCJ"].rank, rows["LCJ"].unranked) == (None, "no-decode-time")


def test_another_piece_of_work_is_shown_with_what_differs():
    rows = rows_of(
        make_report("WJ"),
        make_report("WYC"),
        make_report("LCJ", decode_ms_per_token=1.0, decode_tokens=8, dtype="float32"),
    )
    row = rows["LCJ"]
    assert (row.rank, row.ratio, row.unranked) == (None, None, "other-work")
    assert row.differs == [
        Difference(field="decode_tokens", this=8, reference=4),
        Difference(field="dtype", this="float32", reference="bfloat16"),
    ]
    assert rows["WJ"].ratio == 1.0  # the fast stranger is not the measure


def test_a_run_of_the_chosen_work_wins_over_a_later_one_of_other_work():
    same = make_report("WJ", measured_at=START)
    later = make_report("WJ", measured_at=START + timedelta(hours=1), engine="cached")
    latest = make_report("LCJ", measured_at=START + timedelta(hours=2), engine="other")
    table = table_of(same, later, latest, make_report("WYC"))
    assert table.workload.workload_id == workload_id(same)
    assert {row.member: row.run_id for row in table.rows}["WJ"] == same.run_id
    elsewhere = {row.member: row.run_id for row in table_of(same, later, workload=workload_id(later)).rows}
    assert elsewhere["WJ"] == later.run_id


def test_another_allocator_is_other_work_and_says_so_from_either_side():
    default, tuned = make_report("WJ"), make_report("WYC", malloc="tuned", decode_ms_per_token=1.0)
    rows = {row.member: row for row in table_of(default, tuned, workload=workload_id(default)).rows}
    assert rows["WYC"].differs == [Difference(field="malloc", this="tuned", reference="default")]
    assert rows["WJ"].ratio == 1.0
    rows = {row.member: row for row in table_of(default, tuned, workload=workload_id(tuned)).rows}
    assert rows["WJ"].differs == [Difference(field="malloc", this="default", reference="tuned")]


def test_stand_ins_never_stand_beside_published_weights():
    stand_in = make_report("WJ", weights="stand-in", model="stand-in:2b4t", decode_ms_per_token=1.0)
    rows = rows_of(stand_in, make_report("WYC"))
    assert (rows["WJ"].rank, rows["WJ"].weights) == (None, "stand-in")
    assert {d.field for d in rows["WJ"].differs} == {"model", "weights", "model_sha256"}
    assert rows["WYC"].rank == 1


def test_a_version_0_report_is_never_ranked():
    old = report_from_document(version_0("WJ", decode_tokens=10))
    rows = rows_of(old, report_from_document(version_0("WYC", decode_tokens=10)))
    assert rows["WJ"].decode_ms_per_token == 900.0
    assert [(row.rank, row.unranked) for row in rows.values()][:2] == [(None, "unknown-work")] * 2
    beside = rows_of(old, make_report("WYC"))
    assert beside["WJ"].unranked == "other-work"
    assert Difference(field="prompt_tokens", this=None, reference=128) in beside["WJ"].differs


@pytest.mark.parametrize(
    ("preferred", "others"),
    [
        (make_report("WJ"), [make_report(m, weights="stand-in") for m in "ABC"]),
        (make_report("WJ"), [report_from_document(version_0(m)) for m in "ABC"]),
        (make_report("WJ", engine="x"), [make_report("A", engine="y", measured_at=START - timedelta(1))]),
    ],
    ids=["published", "proven", "recent"],
)
def test_the_default_workload(preferred, others):
    assert table_of(*others, preferred).workload.workload_id == workload_id(preferred)


def test_the_default_workload_is_the_one_most_members_ran():
    late = make_report("WJ", engine="new", measured_at=START + timedelta(hours=5))
    table = table_of(late, make_report("WYC"), make_report("LCJ"))
    assert table.workload.work["engine"] == "published"
    assert [choice.members for choice in table.workloads] == [2, 1]


def test_an_unknown_workload_is_told():
    with pytest.raises(UnknownWorkloadError):
        table_of(make_report(), workload="0" * 12)


def test_different_threads_and_tokens_are_noted_and_hinder_nothing():
    table = table_of(
        make_report("WJ", threads=2, generated="one"),
        make_report("WYC", threads=8, generated="two"),
        make_report("LCJ", engine="other", threads=64, generated="three"),
    )
    assert [row.rank for row in table.rows] == [1, 1, None]
    assert table.notes == [
        Note(code="threads-differ", values={"WJ": 2, "WYC": 8}),
        Note(code="tokens-differ", values={"WJ": digest("one"), "WYC": digest("two")}),
    ]
    assert table_of(make_report("WJ"), make_report("WYC")).notes == []


def test_age_is_from_the_start_of_the_run():
    assert rows_of(make_report("WJ", measured_at=NOW - timedelta(hours=3)))["WJ"].age_s == 3 * 3600
