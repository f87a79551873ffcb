from __future__ import annotations

import pytest
from collector_browser import follow
from collector_compared import address, store_compared
from collector_reports import make_report

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stored(server):
    return store_compared(server)


@pytest.fixture
def visit(browser):
    contexts = []

    def open_page(url, *, width=1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 800}, locale="en-GB", **options)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()


class TestPage:
    def test_runs_of_one_member_are_told_apart_by_when_or_by_what_they_were_done(self, stored, visit):
        page = visit(stored.url + address(stored, "before", "WJ"))
        moments = [
            stored.reports[name].meta.measured_at.strftime("%Y-%m-%d %H:%M") for name in ("WJ", "before")
        ]
        assert page.get_by_role("heading", level=1).inner_text() == "WJ: {} against {}".format(*moments)
        other = make_report("WJ", engine="quantized-once")
        stored.submit(other)
        page = visit(f"{stored.url}/compare.html?a={stored.ids['WJ']}&b={other.run_id}")
        assert page.get_by_role("heading", level=1).inner_text() == "WJ: quantized-once against published"
        sides = page.locator(".side").all_inner_texts()
        assert "published" in sides[0]
        assert "quantized-once" in sides[1]
        options = page.locator("select[name=b] option").all_text_contents()
        assert any(option.startswith("WJ · quantized-once · ") for option in options)

    def test_the_table_has_ratio_interval_and_verdict(self, stored, visit):
        page = visit(stored.url + address(stored, "WJ", "WYC"))
        assert page.get_by_role("heading", level=1).inner_text() == "WYC against WJ"
        step = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Median decode step"))
        words = " ".join(step.inner_text().split())
        assert words.startswith("Median decode step 500.0 750.0 12 1.500 1.4")
        assert words.endswith("1.875 slower")
        bar = step.get_by_role("img")
        assert bar.get_attribute("aria-label").startswith("1.500, between 1.4")
        tokenizer = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Load tokenizer"))
        assert "no interval" in tokenizer.inner_text()
        assert "unsure: one sample" in tokenizer.inner_text()
        assert "threads" in page.get_by_role("region", name="What else differs").first.inner_text()

    def test_swap_languages_and_the_way_to_a_run(self, stored, visit):
        page = visit(stored.url + address(stored, "WJ", "WYC", ".html"))
        follow(page.get_by_role("link", name="Swap A and B"))
        assert page.get_by_role("heading", level=1).inner_text() == "WJ against WYC"
        assert page.get_by_text("faster").count() >= 1
        follow(page.get_by_role("link", name="中文"))
        assert page.get_by_role("heading", level=1).inner_text() == "WJ 相对于 WYC"
        assert page.get_by_text("更快").count() >= 1
        follow(page.get_by_role("link", name="WYC 的运行记录"))
        assert page.get_by_role("heading", level=1).inner_text() == "WYC 的运行记录"
        follow(page.get_by_role("link", name="与最快的运行（WJ）"))
        assert page.get_by_role("heading", level=1).inner_text() == "WYC 相对于 WJ"

    def test_other_work_is_told_with_both_values(self, stored, visit):
        page = visit(stored.url + address(stored, "WJ", "X"))
        assert "The two did different work." in page.inner_text(".notice")
        assert "published" in page.get_by_role("region", name="What differs in the work").first.inner_text()
        assert page.locator(".whisker").count() == 0

    @pytest.mark.parametrize("lang", ["en", "zh"])
    @pytest.mark.parametrize(("a", "b"), [("WJ", "WYC"), ("WYC", "X"), ("OLD", "WJ"), ("LCJ", "LCJ")])
    def test_no_page_is_wider_than_its_window_and_nothing_runs(self, stored, visit, lang, a, b):
        page = visit(stored.url + address(stored, a, b, ".html", lang=lang))
        for width in (320, 360, 600, 961, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert "pwned" not in page.title()
        assert page.locator("main script, main img").count() == 0
        assert page.complaints == []

    def test_why_a_grade_is_told_where_it_stands(self, stored, visit):
        page = visit(f"{stored.url}/summary")
        assert not page.get_by_text("the clock is the advertised figure").is_visible()
        page.get_by_text("Why grade B").click()
        assert page.get_by_text("the clock is the advertised figure").is_visible()
        assert page.get_by_text("install a C compiler").is_visible()
        assert "Why invalid" in page.inner_text("main")
