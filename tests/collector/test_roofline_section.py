"""The roofline on a run's page: the picture in it, verdicts in both languages, and nothing that runs."""

from __future__ import annotations

import re

import pytest
from collector_reports import make_report

from bitnet_report import Limits, StageRoofline, Traffic
from bitnet_report.bounds import roofline

pytestmark = pytest.mark.collector

ATTACK = "<script>alert(1)</script>"


def with_roofline(report, kind="bfloat16", part="weight-quantization", read=24.0, peak=2400.0):
    taken = Limits(taken="before", threads=2, read_gb_per_s=read, cache_mb=1.0, peaks_gops={kind: peak})
    counted = StageRoofline(
        stage="decode",
        forwards=report.workload.decode_tokens,
        operations=5_000_000_000,
        arithmetic=kind,
        traffic=[Traffic(part=part, read_bytes=17_000_000_000, written_bytes=4_000_000_000)],
        distinct_bytes=4_800_000_000,
        ternary_weights=2_084_044_800,
    )
    made = roofline([taken], [counted], report.stage_profiles, report.freq_normalization)
    return report.model_copy(update={"roofline": made})


def page(server, report, language="en"):
    server.submit(report)
    answer = server.client.get(f"/runs/{report.run_id}?lang={language}", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    return answer.text


def test_the_page_shows_limits_verdict_and_picture(server):
    shown = page(server, with_roofline(make_report("WJ")))
    assert 'id="roofline"' in shown
    assert re.search(r"memory 24(\.0+)? GB/s, bfloat16 2,?400 Gop/s", shown)
    assert "<svg" in shown
    assert 'class="roof-point"' in shown
    assert "2-bit ideal" in shown
    assert "Operations a byte" in shown
    assert "quantising or unpacking the weights" in shown


def test_the_picture_is_drawn_for_wide_and_for_narrow_windows(server):
    shown = page(server, with_roofline(make_report("WJ")))
    pictures = re.findall(
        r'<svg [^>]*class="roofline (wide|narrow)" viewBox="0 0 (\d+) (\d+)".*?</svg>', shown, re.S
    )
    assert [(name, int(width)) for name, width, _ in pictures] == [("wide", 720), ("narrow", 340)]
    for picture in re.findall(r'<svg [^>]*class="roofline.*?</svg>', shown, re.S):
        width, height = map(int, re.search(r'viewBox="0 0 (\d+) (\d+)"', picture).groups())
        for x, y in re.findall(r'c?x[12]?="([\d.]+)" c?y[12]?="([\d.]+)"', picture):
            assert 0 <= float(x) <= width
            assert 0 <= float(y) <= height


def test_the_page_in_chinese(server):
    shown = page(server, with_roofline(make_report("WJ")), "zh")
    assert "距机器上限有多近" in shown
    assert "权重量化或解包" in shown
    assert "2-bit 理想值" in shown


def test_a_run_without_a_roofline_has_no_such_section(server):
    assert 'id="roofline"' not in page(server, make_report("WJ"))


def test_what_a_report_states_is_escaped(server):
    shown = page(server, with_roofline(make_report("WYC"), kind=ATTACK, part=ATTACK))
    assert ATTACK not in shown
    assert "&lt;script&gt;" in shown


@pytest.mark.parametrize(("read", "peak"), [(1e-7, 1e12), (1e12, 1e-7), (0.0, 0.0)])
def test_absurd_limits_break_no_page(server, read, peak):
    shown = page(server, with_roofline(make_report("LCJ"), read=read, peak=peak))
    assert len(shown) < 500_000
