"""Everyone can read every page: axe finds nothing, nothing scrolls sideways, it prints, needs no script."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from collector_browser import LONG, follow, store_team
from collector_server import Server
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

NAMES = (
    "summary",
    "best",
    "median",
    "run",
    "invalid run",
    "version 0",
    "compare",
    "not comparable",
    "member",
    "one run",
    "page faults",
    "sweep",
    "runs",
    "no run",
    "members",
    "not there",
)


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    """On SQLite alone: a page does not know the engine."""
    running = Server(tmp_path_factory.mktemp("team") / "runs.db")
    yield store_team(running)
    running.stop()


@pytest.fixture(scope="module")
def nobody(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("empty") / "runs.db")
    yield running
    running.stop()


@pytest.fixture
def visit(browser):
    contexts = []

    def open_page(url, *, width=1280, language="en-GB", **options):
        context = browser.new_context(viewport={"width": width, "height": 800}, locale=language, **options)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()


def findings(page):
    """What axe finds, its best practices included, each with the elements."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_wide_or_narrow(team, visit, name, language, scheme):
    page = visit(team.url + team.pages[name], language=language, color_scheme=scheme)
    assert page.get_by_role("heading", level=1).count() == 1
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    told = ["Failed to load resource"] if name == "not there" else []  # by the browser, of the 404 itself
    assert [complaint[:23] for complaint in page.complaints] == told


@pytest.mark.parametrize("address", ["/summary.html", "/members/WJ", "/runs.html", "/members.html"])
def test_axe_finds_nothing_where_nobody_has_reported(nobody, visit, address):
    page = visit(nobody.url + address)
    assert "bitnet-agent --collector" in page.inner_text("pre")
    assert findings(page) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_chart_has_words_and_its_figures_stand_in_a_table(team, visit, name):
    page = visit(team.url + team.pages[name], java_script_enabled=False)
    for chart in page.get_by_role("img").all():
        assert len(chart.get_attribute("aria-label")) > 10
        assert chart.locator(
            "xpath=ancestor::section[1]//table | ancestor::section[1]/following::table"
        ).count()


class TestLanguage:
    def test_the_switch_sticks_without_script_and_leads_back_to_the_same_page(self, team, visit):
        page = visit(f"{team.url}/summary.html?show=best", java_script_enabled=False)
        follow(page.get_by_role("link", name="中文"))
        assert page.url == f"{team.url}/summary.html?show=best"
        assert page.get_by_role("heading", level=1).inner_text() == "团队成员结果汇总"
        page.goto(team.url + team.pages["run"])
        assert page.get_by_role("heading", level=1).inner_text().startswith("WYC 的运行记录")
        page.goto(f"{team.url}/summary.html?lang=en")  # an address that names a language outweighs it, once
        assert page.get_by_role("heading", level=1).inner_text() == "Team summary"
        page.goto(f"{team.url}/summary.html")
        assert page.get_by_role("heading", level=1).inner_text() == "团队成员结果汇总"

    def test_the_cookie_holds_the_language_and_nothing_else(self, team, visit):
        page = visit(f"{team.url}/summary.html", language="zh-CN")
        assert page.context.cookies() == []
        follow(page.get_by_role("link", name="English"))
        (cookie,) = page.context.cookies()
        assert (cookie["name"], cookie["value"], cookie["sameSite"]) == ("bitnet-language", "en", "Lax")
        assert cookie["httpOnly"]


class TestPickers:
    def test_the_workload_is_picked_and_what_is_shown_stays(self, team, visit):
        page = visit(f"{team.url}/summary.html?show=best", java_script_enabled=False)
        other = page.get_by_label("Workload").locator("option", has_text="cached").get_attribute("value")
        page.get_by_label("Workload").select_option(other)
        follow(page.get_by_role("button", name="Show"))
        assert f"workload={other}" in page.url
        assert "show=best" in page.url
        assert page.locator(".shows [aria-current]").inner_text() == "Best run"

    def test_best_and_median_are_a_click_away(self, team, visit):
        page = visit(f"{team.url}/summary.html", java_script_enabled=False)
        follow(page.get_by_role("link", name="Median of the last 5"))
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="WJ")).first
        words = " ".join(row.inner_text().split())
        assert "506.0" in words
        assert "503.0–509.0" in words
        assert "3 runs" in words

    def test_two_runs_are_picked_in_the_summary_and_on_a_run(self, team, visit):
        page = visit(f"{team.url}/summary.html", java_script_enabled=False)
        page.get_by_label("A (reference)").select_option(team.ids["LCJ"])
        page.locator("select[name=b]").select_option(team.ids["WYC"])
        follow(page.get_by_role("button", name="Compare"))
        assert page.get_by_role("heading", level=1).inner_text() == "WYC against LCJ"
        page.locator("select[name=b]").select_option(team.ids["WJ"])
        follow(page.get_by_role("button", name="Compare"))
        assert page.get_by_role("heading", level=1).inner_text() == "WJ against LCJ"
        page.goto(team.url + team.pages["run"])
        page.get_by_label("Compare with").select_option(team.ids["LCJ"])
        follow(page.get_by_role("button", name="Compare"))
        assert page.get_by_role("heading", level=1).inner_text() == "WYC against LCJ"

    def test_an_old_row_says_so(self, team, visit):
        page = visit(f"{team.url}/summary.html")
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="LCJ")).first
        assert "45 d ago" in row.inner_text()
        assert row.get_by_text("old", exact=True).get_attribute("title").startswith("measured 45 days ago")


class TestRuns:
    def test_two_runs_are_picked_in_the_list_and_compared(self, team, visit):
        page = visit(f"{team.url}/runs.html", java_script_enabled=False)
        page.get_by_label("A: LCJ").check()
        page.get_by_label("B: WYC").check()
        follow(page.get_by_role("button", name="Compare"))
        assert page.get_by_role("heading", level=1).inner_text() == "WYC against LCJ"

    def test_the_form_filters_and_keeps_what_was_chosen(self, team, visit):
        page = visit(f"{team.url}/runs.html?lang=en&limit=2", java_script_enabled=False, language="zh-CN")
        page.locator("select[name=member]").select_option("WJ")
        page.locator("select[name=grade]").select_option("A")
        page.get_by_label("Measured from").fill("2020-01-31")
        follow(page.get_by_role("button", name="Filter"))
        assert "Only: member WJ; grade A; measured from 2020-01-31 (UTC)." in page.inner_text("main")
        assert page.locator("select[name=member]").input_value() == "WJ"
        assert page.get_by_label("Measured from").input_value() == "2020-01-31"
        assert page.locator("tbody td.who").all_inner_texts() == ["WJ", "WJ"]
        follow(page.get_by_role("link", name="Older runs"))
        assert page.locator("tbody td.who").all_inner_texts() == ["WJ", "WJ"]
        assert page.get_by_role("link", name="Older runs").count() == 0
        follow(page.get_by_role("link", name="Newest runs"))
        assert page.get_by_role("link", name="Older runs").count() == 1
        follow(page.get_by_role("link", name="Show all runs"))
        assert page.url == f"{team.url}/runs.html?lang=en"

    def test_a_doubtful_run_tells_why_where_it_stands(self, team, visit):
        page = visit(f"{team.url}/runs.html?grade=B", java_script_enabled=False)
        assert not page.get_by_text("install a C compiler").is_visible()
        page.get_by_text("Why grade B").click()
        assert page.get_by_text("install a C compiler").is_visible()

    def test_the_way_from_any_page_to_the_runs_and_the_members(self, team, visit):
        page = visit(f"{team.url}/summary.html", java_script_enabled=False)
        follow(page.get_by_role("navigation", name="Pages").get_by_role("link", name="Runs"))
        assert page.get_by_role("heading", level=1).inner_text() == "Runs"
        follow(page.get_by_role("navigation", name="Pages").get_by_role("link", name="Members"))
        follow(page.get_by_role("link", name="All runs of WJ"))
        assert set(page.locator("tbody td.who").all_inner_texts()) == {"WJ"}


class TestMember:
    def test_with_script_the_history_has_a_cursor_that_tells_the_figures(self, team, visit):
        page = visit(f"{team.url}/members/WJ")
        live = page.locator("[data-chart=decode]")
        live.locator("canvas").wait_for()
        assert not page.locator("#history-decode").is_visible()
        assert "Decode (ms/token) of 3 runs over time" in live.get_attribute("aria-label")
        live.locator(".u-over").hover()
        expect(live.locator(".u-legend")).to_contain_text("506", timeout=60_000)
        assert page.complaints == []
        page.emulate_media(color_scheme="dark")
        assert page.locator("[data-chart=decode] canvas").count() == 1

    def test_without_script_the_server_s_drawing_stands_there(self, team, visit):
        page = visit(f"{team.url}/members/WJ", java_script_enabled=False)
        assert page.locator("#history-decode svg.wide circle").count() == 3
        assert page.locator("[data-chart=decode]").is_hidden()
        rows = [" ".join(text.split()) for text in page.get_by_role("row").all_inner_texts()[1:]]
        assert [row.split(" ago ")[1].split()[0] for row in rows] == ["503.0", "506.0", "509.0"]
        assert "−0.6 %" in rows[0]
        assert "within 3 % of the median of the 2 valid runs before it" in page.inner_text("main")

    def test_the_way_from_the_summary_to_a_member_to_a_run(self, team, visit):
        page = visit(f"{team.url}/summary.html", java_script_enabled=False)
        follow(page.get_by_role("rowheader").get_by_role("link", name=LONG))
        assert page.get_by_role("heading", level=1).inner_text() == f"{LONG}: history"
        follow(page.locator("tbody th a").first)
        assert page.get_by_role("heading", level=1).inner_text().startswith(f"Run of {LONG}")
        follow(page.get_by_role("link", name=f"History of {LONG}"))
        assert page.get_by_role("heading", level=1).inner_text() == f"{LONG}: history"


class TestRun:
    def test_every_section_is_reached_from_the_list_on_top(self, team, visit):
        page = visit(team.url + team.pages["run"], java_script_enabled=False)
        links = page.get_by_role("navigation", name="On this page").get_by_role("link")
        titles = links.all_inner_texts()
        assert titles[:4] == ["Headline", "What this run says", "Quality", "Stages"]
        assert titles == page.locator("section.part > h2").all_inner_texts()
        for link in links.all():
            assert page.locator(link.get_attribute("href")).count() == 1

    def test_the_report_and_its_stages_are_downloaded(self, team, visit):
        page = visit(team.url + team.pages["run"])
        with page.expect_download() as report:
            page.get_by_role("link", name="The report as sent").click()
        assert report.value.suggested_filename == f"{team.ids['WYC']}.json"
        with page.expect_download() as stages:
            page.get_by_role("link", name="The stages (CSV)").click()
        lines = stages.value.path().read_text().splitlines()
        assert lines[0].startswith("name,duration_ms,")
        assert [line.partition(",")[0] for line in lines[1:]][3] == "prefill"


@pytest.mark.parametrize(
    "name", ["summary", "run", "member", "compare", "sweep", "runs", "members", "page faults"]
)
def test_on_paper_there_are_no_controls_and_nothing_is_cut_off(team, visit, name):
    page = visit(team.url + team.pages[name], color_scheme="dark")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 at 96 dpi less its margins
    for control in ("nav", "form", "button", ".downloads", "canvas"):
        assert page.locator(control).locator("visible=true").count() == 0, control
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollWidth") <= 718
    assert page.pdf(format="A4").startswith(b"%PDF")
