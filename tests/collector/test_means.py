"""One task by several engines: beside each other on one machine, and not ranked together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from collector_reports import START, digest, make_report

from bitnet_collector.columns import run_columns
from bitnet_collector.render.summary_txt import summary_txt
from bitnet_collector.summary import summarize_runs
from bitnet_collector.tables import Standing
from bitnet_collector.texts import Texts

NOW = START + timedelta(days=1)


def table_of(*reports):
    standings = [Standing(run_columns(report, report.member, digest("x"), NOW), 1) for report in reports]
    return summarize_runs(standings, ("WJ", "WYC"), NOW)


def by_means(table):
    return {(row.member, row.engine, row.malloc): row for row in table.means}


def test_each_engine_is_held_against_the_members_own_published_run():
    found = by_means(
        table_of(
            make_report("WJ", decode_ms_per_token=1500.0),
            make_report("WJ", decode_ms_per_token=200.0, engine="quantized-once"),
            make_report("WJ", decode_ms_per_token=600.0, malloc="tuned"),
            make_report("WYC", decode_ms_per_token=900.0),
            make_report("WYC", decode_ms_per_token=300.0, engine="quantized-once"),
        )
    )

    assert found["WJ", "quantized-once", "default"].speedup == pytest.approx(7.5)
    assert found["WJ", "published", "tuned"].speedup == pytest.approx(2.5)
    assert found["WYC", "quantized-once", "default"].speedup == pytest.approx(3.0)
    plain = found["WJ", "published", "default"]
    assert (plain.speedup, plain.plain_run_id) == (1.0, None)
    assert found["WJ", "quantized-once", "default"].plain_run_id == plain.run_id


def test_a_members_fastest_engine_stands_first():
    rows = table_of(
        make_report("WJ", decode_ms_per_token=1500.0),
        make_report("WJ", decode_ms_per_token=200.0, engine="quantized-once"),
    ).means

    assert [row.engine for row in rows] == ["quantized-once", "published"]


def test_the_ranking_stays_within_one_engine():
    table = table_of(
        make_report("WJ", decode_ms_per_token=1500.0),
        make_report("WYC", decode_ms_per_token=200.0, engine="quantized-once"),
    )

    assert [(row.rank, row.unranked) for row in table.rows].count((None, "other-work")) == 1
    assert len(table.means) == 2
    assert by_means(table)["WYC", "quantized-once", "default"].speedup is None


def test_where_all_used_one_engine_there_is_nothing_to_compare():
    assert table_of(make_report("WJ"), make_report("WYC")).means == []


def test_another_task_and_invalid_runs_are_left_out():
    table = table_of(
        make_report("WJ"),
        make_report("WYC"),
        make_report("WJ", engine="quantized-once", decode_tokens=8),
        make_report("WYC", engine="quantized-once", grade="invalid"),
    )

    assert table.means == []


def test_the_text_shows_them_in_both_languages():
    table = table_of(
        make_report("WJ", decode_ms_per_token=1500.0),
        make_report("WJ", decode_ms_per_token=200.0, engine="quantized-once"),
    )

    english, chinese = (summary_txt(table, Texts(language)) for language in ("en", "zh"))
    line = next(line for line in english.splitlines() if "quantized-once" in line and "7.50×" in line)
    assert line.startswith("WJ")
    assert "同一任务的不同实现方式" in chinese
