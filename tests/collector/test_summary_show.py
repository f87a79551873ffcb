"""What the summary shows of each member, against what, and how old it is."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from collector_reports import START, digest, make_report

from bitnet_collector.columns import run_columns
from bitnet_collector.medians import median_run
from bitnet_collector.render.summary_csv import summary_csv
from bitnet_collector.render.summary_md import summary_md
from bitnet_collector.render.summary_txt import summary_txt
from bitnet_collector.summary import Picked, summarize_runs
from bitnet_collector.summary_table import STALE_AFTER_S, Note
from bitnet_collector.tables import Standing
from bitnet_collector.texts import Texts
from bitnet_report import make_caveat

NOW = START + timedelta(days=1)


def run(member="WJ", **options):
    return run_columns(make_report(member, **options), member, digest("x"), NOW + timedelta(days=99))


def table_of(latest, picked=None, now=NOW):
    standings = [Standing(one, 1) for one in latest]
    return summarize_runs(standings, ("WJ", "WYC"), now, None, picked)


def rows(table):
    return {row.member: row for row in table.rows}


class TestMedian:
    def test_each_figure_by_itself_and_no_interval(self):
        runs = [
            run(prefill_ms=1000.0, decode_ms_per_token=500.0, peak_mb=5100.0),
            run(prefill_ms=3000.0, decode_ms_per_token=400.0, peak_mb=5300.0),
            run(prefill_ms=2000.0, decode_ms_per_token=900.0, peak_mb=5200.0),
        ]
        merged = median_run(runs)
        assert (merged.prefill_ms, merged.decode_ms_per_token, merged.peak_memory_mb) == (
            2000.0,
            500.0,
            5200.0,
        )
        assert merged.decode_tokens_per_s == pytest.approx(2.0)
        assert (merged.decode_low, merged.decode_n, merged.prefill_high) == (None, None, None)
        assert merged.run_id == runs[0].run_id

    def test_the_grade_is_the_worst_and_every_caveat_is_there_once(self):
        steal, quick = make_caveat("steal", percent=2.0), make_caveat("quick")
        runs = [
            run(grade="A"),
            run(grade="C", caveats=(steal, quick)),
            run(grade=None),
            run(grade="B", caveats=(steal,)),
        ]
        merged = median_run(runs)
        assert merged.grade == "C"
        assert merged.caveats == ["steal", "quick"]
        assert sorted(reason["code"] for reason in merged.reasons) == ["quick", "steal"]

    def test_a_figure_that_some_runs_lack_is_the_others_median(self):
        merged = median_run([run(clock_mhz=None, clock_source=None), run(clock_mhz=3000.0)])
        assert (merged.clock_mhz, merged.clock_source) == (3000.0, None)

    def test_the_row_says_of_how_many_and_between_what(self):
        runs = [run(decode_ms_per_token=decode) for decode in (510.0, 500.0, 530.0)]
        table = table_of(runs[:1], Picked("median5", {"WJ": runs}))
        row = rows(table)["WJ"]
        assert (row.decode_ms_per_token, row.of_runs) == (510.0, 3)
        assert (row.decode_least, row.decode_most) == (500.0, 530.0)
        assert "WJ: medians of 3 runs, 500.0 to 530.0 ms/token" in summary_txt(table, Texts("en"))
        assert "最近 5 次运行" in summary_md(table)
        assert summary_md(table).splitlines()[0].startswith("| 成员 | CPU 型号 | 基准频率 |")

    def test_a_change_of_machine_inside_a_median_is_told(self):
        runs = [run(cpu="new"), run(cpu="old"), run(cpu="old")]
        table = table_of(runs[:1], Picked("median5", {"WJ": runs}))
        assert Note(code="machines-mixed", values={"WJ": "new, old"}) in table.notes


class TestShown:
    def test_the_ranking_follows_what_is_shown(self):
        slow, fast = run("WJ", decode_ms_per_token=900.0), run("WYC", decode_ms_per_token=800.0)
        best = run("WJ", decode_ms_per_token=300.0)
        latest = rows(table_of([slow, fast]))
        assert (latest["WJ"].rank, latest["WYC"].rank) == (2, 1)
        shown = table_of([slow, fast], Picked("best", {"WJ": [best], "WYC": [fast]}))
        assert shown.show == "best"
        assert [(row.rank, row.run_id) for row in shown.rows] == [(1, best.run_id), (2, fast.run_id)]
        assert shown.yardstick.run_id == best.run_id

    def test_who_has_no_valid_run_keeps_the_latest_unranked(self):
        bad, good = run("WJ", grade="invalid", decode_ms_per_token=1.0), run("WYC")
        shown = rows(table_of([bad, good], Picked("best", {"WYC": [good]})))
        assert (shown["WJ"].run_id, shown["WJ"].rank, shown["WJ"].unranked) == (bad.run_id, None, "invalid")

    def test_every_format_says_what_is_shown(self):
        one = run("WJ")
        table = table_of([one], Picked("best", {"WJ": [one]}))
        assert "fastest decode" in summary_txt(table, Texts("en"))
        assert "Decode 最快" in summary_md(table)
        assert next(csv.DictReader(io.StringIO(summary_csv(table))))["show"] == "best"


class TestYardstick:
    def test_without_a_baseline_ratios_are_against_the_fastest(self):
        table = table_of([run("WJ", decode_ms_per_token=500.0), run("WYC", decode_ms_per_token=250.0)])
        assert (table.yardstick.kind, table.yardstick.member) == ("fastest", "WYC")
        assert [row.ratio for row in table.rows] == [2.0, 1.0]

    def test_a_pinned_run_is_what_all_are_held_against_and_may_be_beaten(self):
        pinned = run("LCJ", decode_ms_per_token=400.0)
        latest = [run("WJ", decode_ms_per_token=500.0), run("WYC", decode_ms_per_token=200.0)]
        table = table_of(latest, Picked(baseline=pinned))
        assert (table.yardstick.kind, table.yardstick.run_id) == ("baseline", pinned.run_id)
        assert [(row.rank, row.ratio) for row in table.rows] == [(2, 1.25), (1, 0.5)]
        assert "pinned baseline, a run of LCJ (400.0 ms/token)" in summary_txt(table, Texts("en"))
        assert next(csv.DictReader(io.StringIO(summary_csv(table))))["yardstick"] == "baseline"

    @pytest.mark.parametrize(
        "pinned", [run(grade="invalid"), run(engine="other"), run(decode_ms_per_token=0.0)]
    )
    def test_a_pinned_run_that_cannot_be_a_measure_is_none(self, pinned):
        assert table_of([run("WJ")], Picked(baseline=pinned)).yardstick.kind == "fastest"


class TestAge:
    @pytest.mark.parametrize(("more", "stale"), [(-1.0, False), (0.0, False), (1.0, True)])
    def test_a_month_is_the_limit(self, more, stale):
        row = rows(table_of([run("WJ")], now=START + timedelta(seconds=STALE_AFTER_S + more)))["WJ"]
        assert row.stale is stale

    def test_an_old_row_says_so_in_every_format(self):
        table = table_of([run("WJ")], now=START + timedelta(days=45))
        assert "WJ: measured 45 days ago" in summary_txt(table, Texts("en"))
        assert "结果较旧，测量于 45 天前" in summary_md(table)
        assert next(csv.DictReader(io.StringIO(summary_csv(table))))["stale"] == "true"


def test_agents_of_different_versions_are_noted():
    other = run("WYC")
    other.agent_version = "0.2.0"
    assert (
        Note(code="agents-differ", values={"WJ": "0.1.0", "WYC": "0.2.0"})
        in table_of([run("WJ"), other]).notes
    )
