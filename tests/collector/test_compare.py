from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from collector_compared import ATTACK, address, store_compared
from collector_reports import make_report
from collector_server import ONLY_SQLITE
from sqlalchemy import text

from bitnet_report import (
    Comparison,
    Compilation,
    CompileLedger,
    compare,
    new_run_id,
)

BEFORE_REVISIONS = Path(__file__).parent / "golden" / "before_revisions.sql"


@pytest.fixture(scope="module")
def stored(server):
    return store_compared(server)


class TestRoutes:
    def test_the_json_is_what_the_library_says(self, stored):
        answer = stored.client.get(address(stored, "WJ", "WYC", ".json"))
        assert answer.status_code == 200
        said = Comparison.model_validate(answer.json())
        assert said == compare(stored.reports["WJ"], stored.reports["WYC"])

    @pytest.mark.parametrize(
        ("accept", "kind"),
        [
            ("*/*", "text/plain; charset=utf-8"),
            ("text/html,*/*;q=0.8", "text/html; charset=utf-8"),
            ("application/json", "application/json"),
        ],
    )
    def test_the_client_says_in_what_form(self, stored, accept, kind):
        answer = stored.client.get(address(stored, "WJ", "WYC"), headers={"Accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        assert answer.headers["vary"] == "Accept, Accept-Language, Cookie"

    def test_the_text_is_aligned_in_both_languages(self, stored):
        english = stored.client.get(address(stored, "WJ", "WYC", ".txt")).text
        step = next(line for line in english.splitlines() if "Median decode step" in line)
        assert step.split()[3:7] == ["500.0", "750.0", "12", "1.500"]
        assert step.endswith("slower")
        assert "threads: 2 → 8" in english
        assert "\x1b" not in english
        assert "更慢" in stored.client.get(address(stored, "WJ", "WYC", ".txt", lang="zh")).text

    def test_what_cannot_be_compared_says_why(self, stored):
        assert "logits" not in stored.client.get(address(stored, "WJ", "LCJ", ".txt")).text
        found = {
            name: stored.client.get(address(stored, "WJ", name, ".json")).json()
            for name in ("LCJ", "X", "OLD")
        }
        assert {name: c["obstacles"] for name, c in found.items()} == {
            "LCJ": ["invalid"],
            "X": ["other-work"],
            "OLD": ["unknown-work"],
        }
        assert [d["field"] for d in found["X"]["work"]] == ["decode_tokens", "engine"]

    @pytest.mark.parametrize(
        ("query", "status", "field"),
        [
            ("", 400, "a"),
            ("a={WJ}", 400, "b"),
            ("a={WJ}&b=nonsense", 400, "b"),
            ("a={WJ}&b=' OR 1=1 --", 400, "b"),
            ("a={WJ}&b=00000000-0000-7000-8000-000000000000", 404, "b"),
            ("a=00000000-0000-7000-8000-000000000000&b={WJ}", 404, "a"),
        ],
    )
    @pytest.mark.parametrize("form", ["", ".json", ".html", ".txt"])
    def test_bad_ids_are_problems(self, stored, query, status, field, form):
        answer = stored.client.get(f"/compare{form}?{query.format(**stored.ids)}")
        assert (answer.status_code, answer.json()["field"]) == (status, field)
        assert answer.headers["content-type"] == "application/problem+json"

    def test_it_is_in_the_api_document(self, stored):
        document = stored.client.get("/openapi.json").json()
        assert {"/compare", "/compare.json", "/compare.html", "/compare.txt"} <= set(document["paths"])
        assert "Comparison" in document["components"]["schemas"]


class TestLinks:
    def test_ranked_rows_lead_to_a_comparison_with_the_fastest(self, stored):
        page = stored.client.get("/summary.html").text
        assert page.count('class="against"') == 1  # WYC; WJ is the fastest, LCJ and X are not ranked
        assert f"/compare.html?a={stored.ids['WJ']}&amp;b={stored.ids['WYC']}" in page

    @pytest.mark.parametrize(
        ("run", "others"),
        [("WJ", ["before"]), ("before", ["WJ"]), ("WYC", ["WJ"]), ("LCJ", []), ("X", []), ("OLD", [])],
    )
    def test_a_run_leads_to_the_previous_and_the_fastest_where_there_are_any(self, stored, run, others):
        page = stored.client.get(f"/runs/{stored.ids[run]}.html").text
        links = [f"/compare.html?a={stored.ids[other]}&amp;b={stored.ids[run]}" for other in others]
        assert all(link in page for link in links)
        assert page.count("/compare.html?") == len(links)


class TestSummary:
    def test_intervals_and_reasons_stand_beside_the_figures(self, stored):
        rows = {row["member"]: row for row in stored.client.get("/summary.json").json()["rows"]}
        assert (rows["WJ"]["prefill_low"], rows["WJ"]["prefill_high"], rows["WJ"]["prefill_n"]) == (
            990.0,
            1010.0,
            3,
        )
        assert rows["WJ"]["decode_n"] == 12
        assert rows["WJ"]["decode_low"] <= 500.0 <= rows["WJ"]["decode_high"]
        assert rows["OLD"]["prefill_n"] is None
        assert [reason["code"] for reason in rows["WYC"]["reasons"]] == ["clock-not-measured", "later"]
        assert "3 of 33 forwards" in stored.client.get("/summary.html").text
        assert "33 次前向中有 3 次" in stored.client.get("/summary.html?lang=zh").text

    def test_an_invalid_run_is_shown_and_never_ranked(self, stored):
        row = next(r for r in stored.client.get("/summary.json").json()["rows"] if r["member"] == "LCJ")
        assert (row["rank"], row["unranked"], row["decode_ms_per_token"]) == (None, "invalid", 500.0)

    def test_the_words_on_the_clock_are_the_measured_ones(self, stored):
        page = stored.client.get("/summary.html").text
        assert "time spent waiting for memory does not shrink with a faster clock" in page
        assert "mostly waits" not in page


class TestOlderDatabases:
    @ONLY_SQLITE  # PostgreSQL came with the revisions
    def test_a_database_without_the_new_columns_is_brought_up_to_date(self, start_server, tmp_path):
        new = [f"{stage}_{end}" for stage in ("prefill", "decode") for end in ("low", "high", "n")]
        with closing(sqlite3.connect(tmp_path / "runs.db")) as connection:
            connection.executescript(BEFORE_REVISIONS.read_text(encoding="utf-8"))
            for column in (*new, "reasons"):
                connection.execute(f"ALTER TABLE run DROP COLUMN {column}")
            connection.commit()
        server = start_server()
        rows = {row["member"]: row for row in server.client.get("/summary.json").json()["rows"]}
        found = {name: rows[name]["run_id"] for name in ("WJ", "WYC", "LCJ")}
        assert found["LCJ"] is None
        for name in ("WJ", "WYC"):
            row = rows[name]
            assert (row["decode_ms_per_token"], row["decode_n"], row["reasons"]) == (500.0, None, [])
            assert "500.0" in server.client.get(f"/runs/{found[name]}.html").text
        assert server.submit(make_report("LCJ")).status_code == 201
        rows = {row["member"]: row for row in server.client.get("/summary.json").json()["rows"]}
        assert rows["LCJ"]["decode_n"] == 12

    @pytest.mark.parametrize("lang", ["en", "zh"])
    def test_a_report_that_can_no_longer_be_read_has_a_page_and_its_bytes(self, start_server, lang):
        server = start_server()
        report = make_report()
        server.submit(report)
        strange = json.dumps({"schema_version": 7, "run_id": report.run_id, "x": ATTACK}).encode()
        server.execute(text("UPDATE raw_report SET body = :body").bindparams(body=strange))
        page = server.client.get(f"/runs/{report.run_id}.html?lang={lang}")
        assert page.status_code == 200
        assert f"/runs/{report.run_id}.json" in page.text
        assert "is 7, newer than the 1" in page.text
        assert server.client.get(f"/runs/{report.run_id}.json").content == strange
        answer = server.client.get(f"/compare.html?a={report.run_id}&b={report.run_id}")
        assert answer.status_code == 422
        assert answer.json()["type"].endswith("stored-report-unreadable")


def compiled(report):
    ledger = CompileLedger(
        cache="warm",
        compile_ms=1500.0,
        compilations=[
            Compilation(function="first [0/0]", compile_ms=1000.0, warmup_step=0),
            Compilation(
                function="again" + ATTACK,
                compile_ms=500.0,
                warmup_step=2,
                recompile_reason="size mismatch " + ATTACK,
            ),
        ],
    )
    warmup = report.warmup.model_copy(update={"compile": ledger, "children_peak_mb": 812.0})
    return report.model_copy(update={"warmup": warmup, "run_id": new_run_id()})


class TestRunPage:
    def test_the_compile_ledger_is_a_table(self, stored):
        report = compiled(make_report("LED"))
        stored.submit(report)
        page = stored.client.get(f"/runs/{report.run_id}.html").text
        assert "first [0/0]" in page
        assert "while measuring" in page  # compiled after the last of two warm-up steps
        assert "size mismatch" in page
        assert '<span class="badge cache-warm"' in page
        assert "812" in page
        assert "<script>document" not in page

    def test_facts_are_written_for_people(self, stored):
        report = make_report("FACT")
        cpu = report.cpu_info.model_copy(update={"caches": {"l1d": 98304, "l3": 503316480}})
        environment = report.environment.model_copy(
            update={
                "load_before": [0.07123, 0.5, 2.0],
                "affinity": [0, 1, 2, 3, 8],
                "swap": {"total_mb": 2048.0},
            }
        )
        report = report.model_copy(update={"cpu_info": cpu, "environment": environment})
        stored.submit(report)
        page = stored.client.get(f"/runs/{report.run_id}.html").text
        for words in (
            "l1d 96 KB, l3 480 MB",
            "0.07, 0.50, 2.00",
            "0–3, 8",
            "total_mb 2,048 MB",
            "omp not stated",
        ):
            assert words in page
        assert "{&#34;" not in page
