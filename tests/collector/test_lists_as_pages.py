"""The lists of runs and members as pages: what they show, filter and lead to. Programs still get JSON."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from html import unescape

import pytest
from collector_reports import START, make_report, with_sweep
from collector_server import Server

from bitnet_collector.database import open_database
from bitnet_collector.storing import store_run
from bitnet_collector.texts import TEXTS, Texts
from bitnet_report import make_caveat

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SWEEP = "01900000-0000-7000-8000-0000000000cc"


@pytest.fixture(scope="module")
def listed(server):
    """WJ five times (a point of a sweep, a tuned one), WYC once with doubts, of another model; LCJ silent."""
    runs = [
        make_report("WJ", decode_ms_per_token=500.0 + hour, measured_at=START + timedelta(hours=hour))
        for hour in range(3)
    ]
    runs.append(make_report("WJ", measured_at=START + timedelta(hours=3), malloc="tuned", context_depth=64))
    runs.append(with_sweep(make_report("WJ", measured_at=START + timedelta(hours=4), threads=1), SWEEP))
    doubts = (make_caveat("clock-not-measured"), make_caveat("quick"))
    other = make_report(
        "WYC", measured_at=START + timedelta(hours=5), grade="C", caveats=doubts, model="other/model & more"
    )
    for report in (*runs, other):
        assert server.submit(report).status_code == 201
    server.ids = [report.run_id for report in (*runs, other)]
    return server


def page(server, address):
    answer = server.client.get(address, headers=HTML)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert {"Accept", "Accept-Language", "Cookie"} <= set(answer.headers["Vary"].split(", "))
    return answer.text


def shown(text):
    """The ids of the runs in the table, in their order."""
    return re.findall(r'<th scope="row".*?href="/runs/([0-9a-f-]{36})\.html', text)


class TestRuns:
    def test_a_program_gets_json_and_a_browser_a_page(self, listed):
        for accept in ({}, {"Accept": "*/*"}, {"Accept": "application/json"}):
            answer = listed.client.get("/runs?limit=2", headers=accept)
            assert answer.headers["Content-Type"] == "application/json"
            assert "Accept" in answer.headers["Vary"]
            assert answer.json() == listed.client.get("/runs.json?limit=2").json() | {
                "next": answer.json()["next"]
            }
        assert shown(page(listed, "/runs")) == listed.ids[::-1]
        assert shown(listed.client.get("/runs.html").text) == listed.ids[::-1]

    def test_pages_join_without_gap_or_double_and_keep_the_filter(self, listed):
        found, address = [], "/runs?member=WJ&limit=2&lang=en"
        while address:
            text = page(listed, address)
            found += shown(text)
            assert "Only: member WJ." in text
            older = re.search(r'<a href="([^"]+)" rel="next">Older runs<', text)
            address = unescape(older[1]) if older else None
        assert found == listed.ids[4::-1]

    @pytest.mark.parametrize(
        ("query", "count", "words"),
        [
            ("member=WYC&grade=C", 1, "member WYC; grade C"),
            ("model=other/model+%26+more", 1, "model other/model &amp; more"),
            ("since=2026-03-01T10:30:00Z", 3, "measured from 2026-03-01T10:30:00Z (UTC)"),
            ("until=2026-03-02&member=&model=&grade=&workload=", 6, "measured before 2026-03-02 (UTC)"),
        ],
    )
    def test_what_is_asked_for_stands_above_what_is_found(self, listed, query, count, words):
        text = listed.client.get(f"/runs.html?lang=en&{query}").text
        assert f"Only: {words}." in text
        assert len(shown(text)) == count

    def test_the_exports_are_of_the_same_filter_and_hold_all_of_it(self, listed):
        text = page(listed, "/runs?member=WJ&limit=2&lang=en")
        addresses = re.findall(r'<a href="(/runs\.(?:csv|ndjson|json)[^"]*)"', text)
        assert addresses == [f"/runs.{form}?member=WJ" for form in ("csv", "ndjson", "json")]
        assert len(listed.client.get(addresses[1]).text.splitlines()) == 5

    def test_each_row_says_what_was_run_and_leads_on(self, listed):
        text = page(listed, "/runs?lang=en")
        rows = text.split('<tr role="row"')
        tuned = next(row for row in rows if listed.ids[3] in row)
        assert "128 + 4 tokens · depth 64 · bfloat16" in tuned
        assert "tuned: keeps freed memory" in tuned
        assert f'href="/sweeps/{SWEEP}?lang=en"' in next(row for row in rows if listed.ids[4] in row)
        doubtful = rows.index(next(row for row in rows if listed.ids[5] in row))
        assert "Why grade C" in rows[doubtful + 1]
        assert "install a C compiler" in rows[doubtful + 1]
        assert 'href="/members/WYC?lang=en"' in rows[doubtful]

    def test_an_admin_s_words_on_a_run_stand_in_its_row(self, start_server):
        from test_tokens import make

        server = start_server()
        report = make_report("WJ")
        server.submit(report)
        token = {"Authorization": f"Bearer {make(server.database_url, 'boss', '--admin')}"}
        for change in ({"baseline": True}, {"baseline": False, "hidden": True}):
            answer = server.client.patch(f"/runs/{report.run_id}", json=change, headers=token)
            assert answer.status_code == 200
            words = "baseline<" if change["baseline"] else "left out of the summary<"
            assert words in server.client.get("/runs.html?lang=en").text
        assert shown(server.client.get("/runs.html").text) == [report.run_id]

    def test_where_nothing_fits_the_page_says_what_to_do(self, listed):
        text = page(listed, "/runs?member=WYC&grade=A&lang=en")
        assert "leave one out, or widen the dates" in text
        assert shown(text) == []
        chinese = page(listed, "/runs?member=WYC&grade=A&lang=zh")
        assert "请去掉一个条件" in chinese

    @pytest.mark.parametrize("query", ["member=nobody", "workload=000000000000", "model=no+such"])
    def test_a_filter_that_finds_nothing_stays_chosen_in_the_form(self, listed, query):
        value = query.partition("=")[2].replace("+", " ")
        assert f'<option value="{value}" selected>' in page(listed, f"/runs?{query}")

    @pytest.mark.parametrize("query", ["grade=D", "since=yesterday", "cursor=x", "memeber=WJ", "lang=fr"])
    def test_a_filter_that_cannot_be_read_is_refused(self, listed, query):
        answer = listed.client.get(f"/runs.html?{query}")
        assert (answer.status_code, answer.json()["field"]) == (400, query.partition("=")[0])

    def test_a_program_s_empty_filter_is_still_no_wildcard(self, listed):
        assert listed.client.get("/runs?member=").json()["runs"] == []
        assert listed.client.get("/runs.json?workload=").status_code == 400
        assert listed.client.get("/runs.json?lang=zh").json()["field"] == "lang"


class TestMembers:
    def test_a_program_gets_json_and_a_browser_a_page(self, listed):
        answer = listed.client.get("/members")
        assert answer.headers["Content-Type"] == "application/json"
        assert "Accept" in answer.headers["Vary"]
        assert answer.json() == listed.client.get("/members.json").json()
        assert "<h1>Members</h1>" in page(listed, "/members?lang=en")
        assert "<h1>成员</h1>" in listed.client.get("/members.html?lang=zh").text

    def test_a_point_of_a_sweep_is_marked_as_one_here_and_in_the_summary(self, listed):
        workload = listed.client.get("/members/WJ").json()["workload"]["workload_id"]
        assert f"/sweeps/{SWEEP}" in page(listed, "/members.html")
        assert f"/sweeps/{SWEEP}" in page(listed, f"/summary.html?workload={workload}")
        row = next(r for r in listed.client.get("/summary.json").json()["rows"] if r["member"] == "WJ")
        assert row["sweep_id"] == SWEEP

    def test_each_member_has_their_latest_their_best_and_how_old_it_is(self, start_server):
        now = datetime.now(timezone.utc)
        server = start_server()
        ids = []
        for days, decode in ((50, 400.0), (40, 390.0), (35, 429.0)):
            report = make_report("WJ", decode_ms_per_token=decode, measured_at=now - timedelta(days=days))
            ids.append(report.run_id)
            server.submit(report)
        server.submit(make_report("WYC", measured_at=now - timedelta(hours=1)))
        server.submit(make_report("WYC", engine="other", measured_at=now - timedelta(hours=2)))
        server.submit(make_report("BAD", decode_ms_per_token=1.0, grade="invalid"))
        rows = server.client.get("/members.html?lang=en").text.split('<tr role="row"')
        wj, wyc, lcj, bad = (" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows[2:6])
        assert "35 d ago old" in wj
        assert "429.0 ± " in wj
        assert "+10.0 %" in wj
        assert wj.endswith("3")
        assert f"/runs/{ids[1]}.html" in rows[2]
        assert "this one — A 2 2 workloads" in wyc
        assert "old" not in wyc
        assert "No run yet" in lcj
        assert "— — invalid" in bad

    def test_a_member_of_before_whose_name_no_address_can_end_in_breaks_nothing(self, database_url):
        report, other = make_report(".."), make_report("WJ")
        database = open_database(database_url)
        with database.writing() as session:
            for one in (report, other):
                store_run(session, one, one.member, one.to_json(), START)
        database.dispose()
        server = Server(database_url)
        try:
            for address in ("/summary.html", "/members.html", "/runs.html", f"/runs/{report.run_id}.html"):
                text = page(server, address)
                assert '/members/.."' not in text
                assert unescape("/runs.html?member=..") in text
            assert shown(page(server, "/runs.html?member=..")) == [report.run_id]
            pair = f"/compare.html?a={report.run_id}&b={other.run_id}"
            assert server.client.get(pair).status_code == 200
            assert server.client.get(f"/runs/{report.run_id}.json").content == report.to_json()
        finally:
            server.stop()

    def test_with_nobody_configured_and_nothing_sent_the_page_still_stands(self, start_server):
        server = start_server("--members", "")
        text = server.client.get("/members.html?lang=en").text
        assert "bitnet-agent --collector" in text
        assert "<table" not in text


class TestProblems:
    @pytest.mark.parametrize(
        ("address", "status", "title"),
        [
            ("/runs/01890000-0000-7000-8000-000000000000", 404, ("There is nothing here", "这里什么也没有")),
            ("/nothing", 404, ("There is nothing here", "这里什么也没有")),
            ("/runs.html?since=yesterday", 400, ("A query parameter cannot be understood", "查询参数有误")),
            ("/members/NOBODY", 404, ("There is nothing here", "这里什么也没有")),
        ],
    )
    def test_a_reader_gets_a_page_with_the_way_on_and_a_program_the_document(
        self, listed, address, status, title
    ):
        document = listed.client.get(address)
        assert document.status_code == status
        assert document.headers["Content-Type"] == "application/problem+json"
        for language, words in zip(("en", "zh"), title, strict=True):
            more = f"{'&' if '?' in address else '?'}lang={language}"
            answer = listed.client.get(address + more, headers=HTML)
            assert answer.status_code == status
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
            assert answer.headers["Cache-Control"] == "no-store"
            assert f"<h1>{words}</h1>" in answer.text
            slug = document.json()["type"].rpartition(":")[2]
            assert Texts(language)(f"means_{slug}") in unescape(
                answer.text
            )  # the document's words are English
            assert document.json()["detail"] in unescape(answer.text)
            assert f'href="/runs.html?lang={language}"' in answer.text

    def test_what_is_sent_is_answered_with_the_document_whatever_is_accepted(self, listed):
        answer = listed.client.post(
            "/runs", content=b"{}", headers=HTML | {"Content-Type": "application/json"}
        )
        assert answer.headers["Content-Type"] == "application/problem+json"

    def test_a_reader_without_a_token_gets_a_page_that_asks_for_one(self, start_server):
        from test_tokens import make

        server = start_server("--read", "token")
        make(server.database_url, "WJ")
        answer = server.client.get("/runs", headers=HTML)
        assert answer.status_code == 401
        assert "WWW-Authenticate" in answer.headers
        assert "<h1>A token is needed</h1>" in answer.text

    def test_every_kind_of_problem_has_its_title_in_both_languages(self):
        from bitnet_collector.problems import Kind

        for kind in Kind:
            assert TEXTS[f"problem_{kind.slug}"][0] == kind.title
