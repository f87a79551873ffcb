"""What memory management costs, on a run's page: the figures, and a sentence that says what they come to."""

from __future__ import annotations

import re
from html import unescape

import pytest
from collector_reports import make_report, with_allocation


def section(server, report, language="en"):
    assert server.submit(report).status_code == 201
    text = server.client.get(f"/runs/{report.run_id}.html?lang={language}").text
    if 'id="allocation"' not in text:
        return None
    part = text[text.index('id="allocation"') :]
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", part[: part.index("</section>")]).split()))


def test_what_matters_is_told_with_the_remedy_and_every_figure(server):
    shown = section(server, with_allocation(make_report("WJ", decode_ms_per_token=500.0)))
    assert (
        "Each decoded token sets off 200,000 page faults, an estimated 200.0 ms or 40 % of its time." in shown
    )
    assert "Each prefill sets off 2 page faults: nothing that could be noticed." in shown
    assert "( --malloc tuned ), would save up to that" in shown
    assert (
        "Decode 200,000 200,000 3,038 in 90 large blocks 100.0 25 % of all CPU time 200.0 40 % of the stage"
        in shown
    )
    assert "0.00200 <0.1 % of the stage" in shown
    assert "One fault costs 1.00 µs here" in shown
    assert "blocks above 32.0 MB" in shown


def test_the_section_in_chinese(server):
    shown = section(server, with_allocation(make_report("WJ")), "zh")
    assert "内存管理的代价" in shown
    assert "每生成一个 token 触发 200,000 次缺页，估计耗时 200.0 ms，占其耗时的 40 %。" in shown
    assert "最多可省下这些时间" in shown


@pytest.mark.parametrize(
    ("options", "said", "unsaid"),
    [
        ({"malloc": "tuned"}, "raised in this run already", "would save up to that"),
        ({"malloc": "environment"}, "own environment sets the allocator", "would save up to that"),
        ({"faults": 3}, "nothing that could be noticed", "would save up to that"),
        ({"cost_ns": None}, "what they cost is not known", "One fault costs"),
        ({"decode": "another-stage"}, "Each forward of another-stage sets off", "would save up to that"),
        ({"faults": 10**9}, "or 100 % of its time", "%%"),
    ],
)
def test_what_is_said_follows_from_the_figures(server, options, said, unsaid):
    shown = section(server, with_allocation(make_report("WJ"), **options))
    assert said in shown
    assert unsaid not in shown


def test_a_report_from_before_cpu_time_was_kept_has_dashes(server):
    report = with_allocation(make_report("WJ"))
    stages = [
        stage.model_copy(update={"user_cpu_ms": None, "system_cpu_ms": None})
        for stage in report.allocation.stages
    ]
    older = report.model_copy(update={"allocation": report.allocation.model_copy(update={"stages": stages})})
    assert "in 90 large blocks — 200.0 40 % of the stage" in section(server, older)


def test_a_run_without_counts_has_no_such_section(server):
    assert section(server, make_report("WJ")) is None
