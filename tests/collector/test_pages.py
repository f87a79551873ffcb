from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from collector_browser import follow
from collector_reports import make_report, version_0

from bitnet_report import Caveat

pytestmark = pytest.mark.browser

ATTACK = "<script>document.title='pwned'</script><img src=x onerror=\"document.title='pwned'\">"


@pytest.fixture(scope="module")
def pages(server):
    now = datetime.now(timezone.utc)
    plain = make_report("WJ", prefill_ms=1000.0, clock_mhz=2400.0, measured_at=now - timedelta(hours=3))
    server.submit(plain)
    caveat = Caveat(code="load-before", message=ATTACK, remedy="Close other programs. " + ATTACK)
    hostile = make_report(
        "WYC",
        decode_ms_per_token=750.0,
        cpu=ATTACK + " " + "X" * 90,
        note=ATTACK + "\n" + "长" * 900,
        clock_source=ATTACK[:90],
        caveats=(caveat,),
        grade="C",
        threads=16,
    )
    server.submit(hostile)
    server.submit(make_report("LCJ", weights="stand-in", model="stand-in:2b4t" + ATTACK))
    server.submit(make_report("z" * 64, engine="cached" + ATTACK))
    server.submit(version_0("OLD"))
    server.run_page = f"/runs/{hostile.run_id}"
    server.compare_page = f"/compare.html?a={plain.run_id}&b={hostile.run_id}"
    return server


@pytest.fixture
def visit(browser):
    """Open an address as a reader would; remembers each request and refuses those to other hosts."""
    contexts = []

    def open_page(url, *, width=1280, scripts=False, **options):
        context = browser.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=scripts, locale="en-GB", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.requested = []
        page.complaints = []
        page.on("request", lambda request: page.requested.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()


def cells(page, member):
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=member)).first
    return " ".join(row.inner_text().split())


def test_the_summary_is_read_without_javascript(pages, visit):
    page = visit(f"{pages.url}/summary")
    assert page.get_by_role("heading", level=1).inner_text() == "Team summary"
    wj = cells(page, "WJ")
    assert wj.startswith("1 WJ AMD EPYC 9555")
    assert "2.40 GHz" in wj
    assert "1,000 ± 10 n=3 800.0 at 3.0 GHz" in wj
    assert "500.0 ± 25.0 n=12 400.0 at 3.0 GHz" in wj
    assert "fastest" in wj
    assert "3 h ago" in wj
    assert "1.50×" in cells(page, "WYC")
    assert "stand-in weights" in cells(page, "LCJ")
    body = page.inner_text("body")
    assert page.locator(".reason summary").first.text_content() == "Why grade C (WYC): 1 caveat"
    assert "model_sha256" in body
    assert "different numbers of threads: WJ 2, WYC 16" in body
    assert page.locator("time").first.get_attribute("datetime").endswith("Z")


def test_the_summary_in_chinese(pages, visit):
    page = visit(f"{pages.url}/summary?lang=zh")
    assert page.get_by_role("heading", level=1).inner_text() == "团队成员结果汇总"
    team = page.locator("table.summary")
    assert team.get_by_role("columnheader", name="峰值内存 (MB)").count() == 1
    follow(page.get_by_role("link", name="English"))
    assert page.get_by_role("heading", level=1).inner_text() == "Team summary"


def test_from_the_summary_to_a_run_and_back(pages, visit):
    page = visit(f"{pages.url}/summary")
    follow(page.get_by_role("link", name="Run of WJ", exact=True))
    assert page.get_by_role("heading", level=1).inner_text() == "Run of WJ"
    prefill = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Prefill", exact=True))
    times, memory = prefill.all_inner_texts()
    assert " ".join(times.split()) == "Prefill 1,000 ± 10 3 800.0 7.81 — 18.75 M quiet"
    assert " ".join(memory.split()) == "Prefill 4,990 5,011 +21.0 5,000 VmHWM"
    step = page.get_by_role("row", name="single step").inner_text()
    assert " ".join(step.split()).startswith("single step 500.0 ± 12.5 12 —")
    assert "22,800" in page.inner_text("body")  # the cold first call, apart
    chart = page.locator("#decode-steps").get_by_role("img")
    assert "(3 repetitions), 450.0 to 600.0 ms" in chart.get_attribute("aria-label")
    assert chart.locator("polyline").count() == 3
    follow(page.get_by_role("link", name="Back to the summary"))
    assert page.get_by_role("heading", level=1).inner_text() == "Team summary"


def test_the_workload_picker_leads_to_other_work(pages, visit):
    page = visit(f"{pages.url}/summary")
    stand_in = page.get_by_label("Workload").locator("option", has_text="stand-in:2b4t")
    page.get_by_label("Workload").select_option(stand_in.get_attribute("value"))
    follow(page.get_by_role("button", name="Show"))
    assert cells(page, "LCJ").startswith("1 LCJ")
    assert cells(page, "WJ").startswith("— WJ")


def test_hostile_values_are_shown_and_do_not_run(pages, visit):
    for address in ("/summary", pages.run_page, pages.compare_page):
        page = visit(pages.url + address, scripts=True)
        page.wait_for_load_state("networkidle")
        assert "pwned" not in page.title()
        assert ATTACK in page.inner_text("body")
        assert page.locator("main script, main img").count() == 0
        assert page.complaints == []


@pytest.mark.parametrize("query", ["", "?lang=zh"])
def test_no_page_is_wider_than_its_window(pages, visit, query):
    for address in ("/summary", pages.run_page, pages.compare_page):
        page = visit(
            pages.url + address + (query.replace("?", "&") if "?" in address else query), scripts=True
        )
        for width in (320, 360, 600, 961, 1100, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_on_a_narrow_screen_every_figure_keeps_its_name(pages, visit):
    page = visit(f"{pages.url}/summary", width=360, scripts=True)
    label = page.evaluate("getComputedStyle(document.querySelector('td.main'), '::before').content")
    assert label == '"Decode (ms/token)"'
    card = page.locator("tbody tr").first.bounding_box()
    assert card["width"] <= 360


def luminance(colour: str) -> float:
    channels = [int(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


CONTRASTS = """() => [...document.querySelectorAll('body *')].filter(e => !e.closest('svg')
  && e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())
).map(e => {
    const behind = e => getComputedStyle(e).backgroundColor;
    let back = e;
    while (back !== document.body && behind(back) === 'rgba(0, 0, 0, 0)') back = back.parentElement;
    return [getComputedStyle(e).color, behind(back), e.outerHTML.slice(0, 80)];
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_both_schemes(pages, visit, scheme):
    for address in ("/summary", pages.run_page, pages.compare_page):
        page = visit(pages.url + address, scripts=True, color_scheme=scheme)
        found = page.evaluate(CONTRASTS)
        assert len(found) > 30
        paper = luminance(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert (paper > 0.8) == (scheme == "light")
        for front, back, element in found:
            low, high = sorted((luminance(front), luminance(back)))
            assert (high + 0.05) / (low + 0.05) >= 4.5, element


def test_the_keyboard_reaches_the_content_and_shows_where_it_is(pages, visit):
    page = visit(f"{pages.url}/summary", scripts=True)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"


@pytest.mark.parametrize("address", ["/summary", "/docs"])
def test_nothing_is_asked_of_another_host(pages, visit, address):
    page = visit(pages.url + address, scripts=True)
    page.wait_for_load_state("networkidle")
    assert page.requested
    assert all(url.startswith((pages.url, "data:")) for url in page.requested)


def test_the_api_document_renders_without_the_internet(pages, visit):
    page = visit(f"{pages.url}/docs", scripts=True)
    page.get_by_text("/summary.json").wait_for()
    assert page.get_by_text("Store one report").count() == 0
    page.get_by_text("Submit Run").click()
    page.get_by_text("Store one report, plain or gzip").wait_for()
    assert not [text for text in page.complaints if "Content Security Policy" in text]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_api_document_leads_back_and_follows_light_and_dark(pages, visit, scheme):
    page = visit(f"{pages.url}/docs?lang=zh", scripts=True, color_scheme=scheme)
    page.get_by_text("/summary.json").wait_for()
    colour = page.evaluate("getComputedStyle(document.querySelector('.swagger-ui')).backgroundColor")
    assert (colour == "rgb(20, 25, 27)") == (scheme == "dark")
    follow(page.get_by_role("link", name="汇总"))
    assert page.url.startswith(f"{pages.url}/summary")


def test_newcomers_are_told_how_to_report(start_server, visit):
    server = start_server("--members", "ANNA,BO")
    page = visit(f"{server.url}/summary")
    assert f"bitnet-agent --collector {server.url} --member ANNA" in page.inner_text("pre")
    assert page.get_by_role("rowheader").all_inner_texts() == ["ANNA", "BO"]
    assert page.get_by_text("No run yet").count() == 2


def test_a_known_caveat_speaks_the_reader_s_language(pages, visit):
    old = pages.client.get("/runs?member=OLD").json()["runs"][0]["run_id"]
    assert "profile again with bitnet-agent" in visit(f"{pages.url}/runs/{old}.html").inner_text(
        ".caveat-list"
    )
    chinese = visit(f"{pages.url}/runs/{old}.html?lang=zh").inner_text(".caveat-list")
    assert "请用 bitnet-agent 重新测量" in chinese
