"""What the pages explain: what a run says, and where the difference between two runs lies."""

from __future__ import annotations

import re

import pytest
from collector_reports import make_report

from bitnet_report import finding_sentence, findings, stage_operators


def split(report, kinds):
    """The report with its decode taken apart."""
    timed = report.stage("decode").ms_per_token
    whole = sum(ms for _, ms in kinds.values())
    decode = stage_operators(
        "decode", forwards=4, tokens=1, timed_ms=timed, instrumented_ms=whole * 1.02, kinds=kinds
    )
    return report.model_copy(update={"operators": [decode]})


@pytest.fixture(scope="module")
def stored(server):
    slow = split(
        make_report("WJ", decode_ms_per_token=1500.0, prefill_ms=2000.0),
        {"weight-quantization": (210, 1000.0), "bitlinear-matmul": (210, 200.0), "framework": (1, 250.0)},
    )
    fast = split(
        make_report("WJ", decode_ms_per_token=200.0, prefill_ms=900.0, engine="quantized-once"),
        {"bitlinear-matmul": (210, 150.0), "framework": (1, 40.0)},
    )
    for report in (slow, fast):
        assert server.submit(report).status_code == 201
    server.slow, server.fast = slow, fast
    return server


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_run_page_says_what_the_agent_says(stored, language):
    page = stored.client.get(f"/runs/{stored.slow.run_id}.html?lang={language}").text
    said = findings(stored.slow)
    assert "requantizing" in [finding.code for finding in said]
    for finding in said:
        sentence = finding_sentence(finding, language).replace("'", "&#39;")
        assert re.sub("`(.+?)`", r"<code>\1</code>", sentence) in page


@pytest.mark.parametrize(
    ("language", "kind"), [("en", "Decode: quantising weights"), ("zh", "Decode：权重量化")]
)
def test_the_compare_page_divides_the_difference_into_parts_that_sum_to_it(stored, language, kind):
    address = f"/compare.html?a={stored.slow.run_id}&b={stored.fast.run_id}&lang={language}"
    page = stored.client.get(address).text
    section = page[page.index('id="where"') :]
    section = section[: section.index("</section>")]
    assert kind in section
    shares = [float(share) for share in re.findall(r'number main">(-?[\d.]+) %', section)]
    assert sum(shares[:-1]) == pytest.approx(100, abs=0.3)
    assert shares[-1] == 100


def test_two_engines_on_one_task_are_compared_and_the_text_says_so(stored):
    text = stored.client.get(f"/compare.txt?a={stored.slow.run_id}&b={stored.fast.run_id}&lang=en").text
    assert "engine: published → quantized-once" in text
    assert "the same task by other means" in text
    assert "Not comparable" not in text
    whole = next(line for line in text.splitlines() if line.startswith("Inference"))
    assert whole.endswith("100 %")


def test_two_alike_runs_have_no_difference_to_explain(stored):
    page = stored.client.get(f"/compare.html?a={stored.slow.run_id}&b={stored.slow.run_id}").text
    assert 'id="where"' not in page


def test_the_summary_shows_the_engines_of_a_machine_and_links_to_the_reason(stored):
    page = stored.client.get("/summary.html?lang=en").text
    section = page[page.index('id="means"') :]
    assert "7.50×" in section
    assert f"a={stored.slow.run_id}&amp;b={stored.fast.run_id}" in section


@pytest.mark.browser
def test_the_compare_page_stays_within_a_narrow_window(stored, browser):
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(f"{stored.url}/compare.html?a={stored.slow.run_id}&b={stored.fast.run_id}&lang=zh")
    beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(beyond) == 0
    page.close()
