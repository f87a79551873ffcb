"""A run with everything in it as Chromium lays it out: nothing cut, nothing over another, read on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from collector_reports import make_report
from collector_server import Server

from bitnet_report import read_report

pytestmark = pytest.mark.browser

WHOLE = Path(__file__).parent.parent / "golden" / "report-v1-whole.json"
OVERLAPS = """() => [...document.querySelectorAll('main svg')].filter(svg => svg.checkVisibility())
  .flatMap(svg => {
    const boxes = [...svg.querySelectorAll('text')]
      .map(words => [words.textContent, words.getBoundingClientRect()]);
    const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1
      && a.top < b.bottom - 3 && b.top < a.bottom - 3;
    return boxes.flatMap(([said, a], place) =>
      boxes.slice(place + 1).filter(([, b]) => meet(a, b)).map(([other]) => `${said} | ${other}`));
  })"""
CUT = """() => [...document.querySelectorAll('.scroll')]
  .filter(box => box.checkVisibility() && box.scrollWidth > box.clientWidth + 1)
  .map(box => box.getAttribute('aria-labelledby') || box.getAttribute('aria-label'))"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """On SQLite alone: a page does not know the engine."""
    running = Server(tmp_path_factory.mktemp("whole") / "runs.db")
    report = read_report(WHOLE.read_bytes())
    assert running.submit(report).status_code == 201
    running.address = f"{running.url}/runs/{report.run_id}.html"
    yield running
    running.stop()


@pytest.fixture
def visit(browser):
    contexts = []

    def open_page(url, *, width, language="en-GB"):
        contexts.append(browser.new_context(viewport={"width": width, "height": 800}, locale=language))
        page = contexts[-1].new_page()
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_on_a_wide_screen_no_table_is_cut(whole, visit, language):
    assert visit(whole.address, width=1280, language=language).evaluate(CUT) == []


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
@pytest.mark.parametrize("width", [1280, 360])
def test_no_word_in_a_chart_lies_on_another_or_is_cut_short(whole, visit, language, width):
    page = visit(whole.address, width=width, language=language)
    assert page.evaluate(OVERLAPS) == []
    assert not page.locator("main svg text", has_text="…").count()


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_a_phone_shows_what_takes_a_token_without_scrolling(whole, visit, language):
    page = visit(whole.address, width=360, language=language)
    cut = page.evaluate(CUT)
    assert "stages" in cut  # so many columns are scrolled
    assert "operators" not in cut
    assert "compiled" not in cut


def test_a_row_keeps_its_name_while_its_figures_are_scrolled(whole, visit):
    page = visit(whole.address, width=360)
    table = page.locator("[aria-labelledby=stages].scroll")
    table.evaluate("box => { box.scrollLeft = box.scrollWidth }")
    name = table.get_by_role("rowheader", name="Decode", exact=True).bounding_box()
    assert 0 <= name["x"] < 30
    last = table.get_by_role("columnheader").last.bounding_box()
    assert last["x"] + last["width"] <= 360


def test_links_of_a_phone_are_high_enough_for_a_thumb(whole, visit):
    page = visit(whole.address, width=360)
    for link in page.locator("main").locator("a, summary").all():
        if link.is_visible():
            assert link.bounding_box()["height"] >= 24, link.inner_text()


def test_no_line_breaks_inside_an_option_that_a_remedy_names(whole, visit):
    page = visit(whole.address, width=360, language="zh-CN")
    options = page.locator(".caveat-list .option")
    assert "--model" in options.all_inner_texts()
    assert options.evaluate_all("all => all.map(one => one.getClientRects().length)") == [1] * options.count()


def test_the_head_says_by_what_the_run_was_done(whole, visit):
    head = " ".join(visit(whole.address, width=1280).locator(".strip").first.inner_text().split())
    assert "Engine published Allocator tuned: keeps freed memory Threads 2 Work 32 + 8 tokens" in head


def test_the_roofline_tells_what_its_columns_mean(whole, visit):
    said = visit(whole.address, width=1280).locator("section:has(> #roofline)").inner_text()
    assert "2-bit ideal: what a forward would take" in said
    assert "Bound-aware: the stage's time brought to 3.0 GHz" in said


@pytest.mark.parametrize(
    ("language", "title", "work"),
    [
        (
            "en-GB",
            "WJ: tuned allocator against default allocator",
            "Weights: published · Allocator: as the system has it",
        ),
        ("zh-CN", "WJ：调整后的内存分配 相对于 默认内存分配", "权重：官方发布 · 内存分配器：系统默认"),
    ],
)
def test_a_comparison_of_allocators_says_what_its_words_are_of(whole, visit, language, title, work):
    a, b = make_report("WJ"), make_report("WJ", malloc="tuned", decode_ms_per_token=300.0)
    for report in (a, b):
        assert whole.submit(report).status_code == 201
    page = visit(f"{whole.url}/compare.html?a={a.run_id}&b={b.run_id}", width=1280, language=language)
    assert page.get_by_role("heading", level=1).inner_text() == title
    assert work in page.locator(".side").first.inner_text()


def test_on_paper_no_figure_is_cut_and_sums_stand_once(whole, visit):
    page = visit(whole.address, width=703)  # A4 without its margins
    page.emulate_media(media="print")
    lines = page.locator(".scroll[aria-labelledby=roofline] td.number").evaluate_all(
        "all => all.map(cell => { const text = document.createRange(); text.selectNodeContents(cell);"
        " return text.getClientRects().length })"
    )
    assert lines == [1] * len(lines)
    assert lines
    assert page.locator("tfoot").first.evaluate("foot => getComputedStyle(foot).display") == "table-row-group"
    assert not page.get_by_text("Bytes by purpose").is_visible()  # nobody can open it on paper


def test_short_names_stay_whole_in_the_list_of_runs_and_on_paper(whole, visit):
    assert whole.submit(make_report("WYC", cpu="13th Gen Intel(R) Core(TM) i7-13700H")).status_code == 201
    page = visit(f"{whole.url}/runs.html", width=1280, language="zh-CN")
    assert len(page.get_by_role("link", name="WYC").first.evaluate("link => [...link.getClientRects()]")) == 1
    page.goto(f"{whole.url}/summary.html")
    page.set_viewport_size({"width": 703, "height": 1000})  # A4 without its margins
    page.emulate_media(media="print")
    assert len(page.get_by_role("link", name="WYC").first.evaluate("link => [...link.getClientRects()]")) == 1
