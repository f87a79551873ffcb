"""A member's history, a run's stages and the language switch, as addresses."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import timedelta
from pathlib import Path

import pytest
from collector_reports import START, make_report, version_0, with_sweep

import bitnet_collector


@pytest.fixture(scope="module")
def history(server):
    server.ids = []
    for hour in range(7):
        report = make_report(
            "WJ",
            decode_ms_per_token=1.0 if hour == 4 else 500.0 + hour,
            measured_at=START + timedelta(hours=hour),
            grade="invalid" if hour == 4 else "A",
        )
        server.ids.insert(0, report.run_id)
        server.submit(report)
    server.submit(make_report("WYC", engine="=cmd()"))
    return server


class TestHistory:
    def test_newest_first_with_what_counts(self, history):
        given = history.client.get("/members/WJ").json()
        assert [point["run_id"] for point in given["points"]] == history.ids
        assert [point["valid"] for point in given["points"]] == [True, True, False, *[True] * 4]
        assert given["workload"]["runs"] == 7
        assert (given["trend"]["verdict"], given["trend"]["of_runs"]) == ("steady", 5)
        assert given["trend"]["ratio"] == pytest.approx(506.0 / 502.0)
        assert history.client.get("/members/WJ/history.json").json() == given

    @pytest.mark.parametrize("path", ["/members/WJ/history.json", "/members/WJ"])
    def test_pages_join_without_gap_or_double(self, history, path):
        found, address = [], f"{path}?limit=3"
        while address:
            answer = history.client.get(address)
            page = answer.json()
            assert ('rel="next"' in answer.headers.get("Link", "")) == bool(page["next"])
            found += [point["run_id"] for point in page["points"]]
            address = page["next"]
        assert found == history.ids

    def test_points_of_a_sweep_are_no_part_of_it_and_the_page_says_so(self, history):
        place, own, points = "01900000-0000-7000-8000-0000000000ab", [], []
        for hour in range(5):
            when = START + timedelta(hours=hour)
            report = make_report("SWEEPER", decode_ms_per_token=500.0, measured_at=when, engine="swept")
            if hour in (1, 3, 4):
                report = with_sweep(report, place)
            (points if hour in (1, 3, 4) else own).insert(0, report.run_id)
            assert history.submit(report).status_code == 201
        given = history.client.get("/members/SWEEPER").json()
        assert [point["run_id"] for point in given["points"]] == own
        assert (given["trend"]["of_runs"], given["sweep_points"], given["workload"]["runs"]) == (1, 3, 5)
        first = history.client.get("/members/SWEEPER/history.json?limit=1").json()
        older = history.client.get(first["next"]).json()
        assert [page["points"][0]["run_id"] for page in (first, older)] == own
        assert older["next"] is None
        page = history.client.get("/members/SWEEPER?lang=en", headers={"Accept": "text/html"}).text
        assert not any(run_id in page for run_id in points)
        assert f"/sweeps/{place}" in page
        assert "leave the points of sweeps out" in page
        assert "<dt>Runs of this work</dt><dd>2</dd>" in page
        assert "<dt>Points of sweeps</dt><dd>3</dd>" in page

    def test_who_has_only_swept_has_an_empty_history_that_leads_to_the_sweep(self, history):
        place = "01900000-0000-7000-8000-0000000000ac"
        history.submit(with_sweep(make_report("ONLY", engine="swept"), place))
        given = history.client.get("/members/ONLY").json()
        assert (given["points"], given["trend"], given["sweep_points"]) == ([], None, 1)
        page = history.client.get("/members/ONLY?lang=zh", headers={"Accept": "text/html"}).text
        assert "尚无有效运行" in page
        assert f"/sweeps/{place}" in page
        assert "<table" not in page

    def test_who_is_expected_but_has_not_reported_has_an_empty_history(self, history):
        given = history.client.get("/members/LCJ").json()
        assert (given["points"], given["workload"], given["trend"]) == ([], None, None)

    @pytest.mark.parametrize(
        ("address", "status", "field"),
        [
            ("/members/NOBODY", 404, None),
            ("/members/NOBODY/history.json", 404, None),
            ("/members/WJ?workload=000000000000", 404, "workload"),
            ("/members/WJ?workload=x", 400, "workload"),
            ("/members/WJ?limit=0", 400, "limit"),
            ("/members/WJ?cursor=x", 400, "cursor"),
        ],
    )
    def test_what_is_not_there_is_told(self, history, address, status, field):
        answer = history.client.get(address)
        assert (answer.status_code, answer.json().get("field")) == (status, field)
        assert answer.headers["Content-Type"] == "application/problem+json"

    def test_a_member_is_json_or_a_page(self, history):
        page = history.client.get("/members/WJ", headers={"Accept": "text/html"})
        assert page.headers["Content-Type"].startswith("text/html")
        assert "<h1>WJ: history" in page.text
        assert history.client.get("/members/WJ", headers={"Accept": "image/png"}).status_code == 406


class TestShow:
    @pytest.mark.parametrize(("show", "decode"), [("latest", 506.0), ("best", 500.0), ("median5", 503.0)])
    def test_every_format_shows_what_is_asked(self, history, show, decode):
        workload = history.client.get("/members/WJ").json()["workload"]["workload_id"]
        query = f"?workload={workload}&show={show}"
        table = history.client.get(f"/summary.json{query}").json()
        assert table["show"] == show
        assert table["rows"][0]["decode_ms_per_token"] == decode
        assert table["yardstick"]["decode_ms_per_token"] == decode
        lines = list(csv.DictReader(io.StringIO(history.client.get(f"/summary.csv{query}").text)))
        assert float(lines[0]["decode_ms_per_token"]) == decode
        for form in ("md", "txt", "html"):
            assert f"{decode:.1f}" in history.client.get(f"/summary.{form}{query}").text

    def test_what_cannot_be_shown_is_told(self, history):
        answer = history.client.get("/summary?show=worst")
        assert (answer.status_code, answer.json()["field"]) == (400, "show")


class TestStages:
    def test_one_line_a_stage_and_no_text_is_a_formula(self, history):
        report = version_0("OLD", stage_profiles=[{"name": "=1+1", "duration_ms": 4.0}])
        assert history.client.post("/runs", json=report).status_code == 201
        answer = history.client.get(f"/runs/{report['run_id']}/stages.csv")
        assert answer.headers["Content-Type"].startswith("text/csv")
        (line,) = csv.DictReader(io.StringIO(answer.text))
        assert (line["name"], line["duration_ms"], line["tokens"]) == ("'=1+1", "4.0", "")
        lines = list(
            csv.DictReader(io.StringIO(history.client.get(f"/runs/{history.ids[0]}/stages.csv").text))
        )
        assert lines[3]["name"] == "prefill"
        assert [float(sample) for sample in lines[3]["samples_ms"].split()] == [1010.0, 1000.0, 990.0]
        assert history.client.get("/runs/none/stages.csv").status_code == 404


class TestLanguage:
    def test_it_is_remembered_and_leads_back(self, history):
        answer = history.client.get("/language/zh?to=/summary.html?show=best")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/summary.html?show=best")
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("bitnet-language=zh; ")
        for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=31536000"):
            assert part in cookie
        history.client.cookies.clear()
        page = history.client.get("/summary.html", headers={"Cookie": "bitnet-language=zh"})
        assert '<html lang="zh-CN">' in page.text
        assert "Cookie" in page.headers["Vary"]
        wrong = history.client.get("/summary.html", headers={"Cookie": "bitnet-language=<script>"})
        assert '<html lang="en">' in wrong.text

    @pytest.mark.parametrize(
        "elsewhere",
        [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example",
            "javascript:alert(1)",
            "/%0d%0aSet-Cookie:x=1",
            "/%09/evil.example",
            "evil",
        ],
    )
    def test_it_leads_to_no_other_host(self, history, elsewhere):
        answer = history.client.get(f"/language/en?to={elsewhere}")
        history.client.cookies.clear()
        assert answer.headers["Location"] == "/summary"
        assert "x=1" not in answer.headers["Set-Cookie"]

    def test_another_language_is_told(self, history):
        assert history.client.get("/language/fr?to=/summary").status_code == 400


UPLOT = {
    "uPlot.iife.min.js": "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
    "uPlot.min.css": "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
    "LICENSE": "8f989229699b4fe2f1a0432d0e9edc338a8a911e250e2d1b01ecd770a5f5b1bd",
}


def test_what_is_vendored_is_what_was_published():
    folder = Path(bitnet_collector.__file__).parent / "static" / "vendor" / "uplot"
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    note = (folder / "README.md").read_text()
    assert found.pop("README.md")
    assert found == UPLOT
    for name, digest in UPLOT.items():
        assert f"{digest}  {name}" in note
