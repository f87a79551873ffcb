"""The charts as shapes: what is drawn where, that nothing leaves the box, and no spike is lost."""

from __future__ import annotations

from itertools import combinations_with_replacement, pairwise

import pytest
from collector_reports import make_report

from bitnet_collector.render.charts.decode_steps import decode_steps
from bitnet_collector.render.charts.drawing import NARROW, WIDE, text_px
from bitnet_collector.render.charts.memory_stages import memory_stages
from bitnet_collector.render.charts.scales import Scale, decades, round_ticks
from bitnet_collector.render.charts.spans import span_words
from bitnet_collector.render.charts.stage_shares import stage_shares
from bitnet_collector.render.charts.stage_times import stage_times
from bitnet_collector.render.charts.step_histogram import step_bins, step_histogram
from bitnet_collector.render.charts.warmup_calls import warmup_calls
from bitnet_collector.texts import Texts
from bitnet_report import report_from_document

EN, ZH = Texts("en"), Texts("zh")


def of_kind(drawing, kind, look=None):
    return [shape for shape in drawing.shapes if shape.kind == kind and look in (None, shape.look)]


def corners(shape):
    if shape.kind == "rect":
        return [(shape.x, shape.y), (shape.x + shape.width, shape.y + shape.height)]
    if shape.kind == "line":
        return [(shape.x1, shape.y1), (shape.x2, shape.y2)]
    if shape.kind == "trace":
        return [tuple(map(float, point.split(","))) for point in shape.points.split()]
    return [(shape.x, shape.y)]


CHARTS = {
    "times": stage_times,
    "shares": stage_shares,
    "memory": memory_stages,
    "steps": lambda report, texts: decode_steps(report.decode_steps_ms, texts),
    "histogram": lambda report, texts: step_histogram(report.decode_steps_ms, texts),
    "warmup": warmup_calls,
}


@pytest.mark.parametrize("texts", [EN, ZH], ids=["en", "zh"])
@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("scale", [1e-12, 1e-3, 1.0, 1e4])
def test_nothing_is_drawn_outside_the_box(name, texts, scale):
    chart = CHARTS[name](make_report(prefill_ms=1000.0 * scale, decode_ms_per_token=500.0 * scale), texts)
    assert (chart.wide.width, chart.narrow.width) == (WIDE, NARROW)
    for drawing in (chart.wide, chart.narrow):
        for shape in drawing.shapes:
            for x, y in corners(shape):
                assert -1 <= x <= drawing.width + 1, shape
                assert -1 <= y <= drawing.height + 1, shape


def test_a_report_without_figures_has_no_chart_and_none_fails():
    assert decode_steps([[], []], EN) is None
    assert step_histogram([[1.0] * 9], EN) is None
    assert step_bins([]) == []
    empty = report_from_document(
        {
            "run_id": make_report().run_id,
            "member": "WJ",
            "meta": {"model_name": "m", "timestamp": "2026-02-01T10:00:00", "reference_freq_mhz": 3000},
            "cpu_info": {"brand": "x"},
            "freq_normalization": {},
            "stage_profiles": [{"name": "Prefill (首次前向)", "duration_ms": 0.0}],
            "summary": {"total_time_ms": 0.0},
        }
    )
    for name in ("times", "shares", "memory", "warmup"):
        assert CHARTS[name](empty, EN) is None, name


class TestStages:
    def test_marks_lie_in_the_order_of_the_times_with_the_interval_around_them(self):
        chart = stage_times(make_report(prefill_ms=1000.0), EN)
        marks = of_kind(chart.wide, "dot")
        assert [mark.hint for mark in marks][:4] == ["412.5 ms", "8.30 s", "200 µs", "1 s"]
        assert marks[2].x < marks[0].x < marks[3].x < marks[1].x
        whisker = next(w for w in of_kind(chart.wide, "line", "whisker-line") if w.y1 == marks[3].y)
        assert whisker.x1 <= marks[3].x <= whisker.x2
        assert "Tokenization 200 µs" in chart.title

    def test_shares_are_of_loading_and_of_one_repetition_apart(self):
        chart = stage_shares(make_report(prefill_ms=1000.0, decode_ms_per_token=500.0), EN)
        assert [key.words for key in chart.keys] == [
            "Load tokenizer 4.7 %",
            "Load model 95.3 %",
            "Tokenization <0.1 %",
            "Prefill 33.3 %",
            "Decode 66.7 %",
            "Detokenization <0.1 %",
        ]
        bars = of_kind(chart.wide, "rect")
        assert bars[4].width == pytest.approx(2 * bars[3].width, rel=0.02)

    def test_a_peak_above_before_and_after_is_drawn_above_them(self):
        chart = memory_stages(make_report(peak_mb=6400.0), EN)
        resident = of_kind(chart.wide, "line", "resident")
        peaks = of_kind(chart.wide, "line", "peak")
        assert peaks[-1].y1 < min(resident[-1].y1, resident[-1].y2)
        assert "Prefill 4,990 to 5,011, peak 6,400" in chart.title


class TestSteps:
    def test_every_spike_is_kept(self):
        steps = [1.0] * 5000
        steps[3333] = 9.0
        chart = decode_steps([steps, [2.0], []], EN)
        assert "(2 repetitions), 1.00 to 9.00 ms" in chart.title
        spiky, short = of_kind(chart.wide, "trace")
        assert len(corners(spiky)) <= 360
        assert min(y for _, y in corners(spiky)) < min(y for _, y in corners(short))

    def test_the_bins_hold_every_step_once(self):
        steps = [float(number % 37) for number in range(1000)]
        bins = step_bins(steps)
        assert sum(one.count for one in bins) == 1000
        assert bins[0].low == 0.0
        assert bins[-1].high == 36.0
        assert all(a.high == b.low for a, b in pairwise(bins))

    def test_a_step_far_out_does_not_press_the_rest_into_one_bar(self):
        bins = step_bins([100.0 + number % 10 for number in range(200)] + [5000.0])
        assert bins[-1].open
        assert bins[-1].count == 1
        assert len([one for one in bins[:-1] if one.count]) >= 5

    @pytest.mark.parametrize("steps", [[1.0, *[9.0] * 20], [9.0, *[1.0] * 20]])
    def test_the_medians_words_stand_above_every_bar_and_inside_the_box(self, steps):
        for drawing in (step_histogram([steps], EN).wide, step_histogram([steps], ZH).narrow):
            (words,) = of_kind(drawing, "words", "strong")
            assert words.y + 4 < min(bar.y for bar in of_kind(drawing, "rect"))
            room = words.x if words.anchor == "end" else drawing.width - words.x
            assert text_px(words.text) <= room

    def test_a_narrow_histogram_has_a_scale_too(self):
        steps = [107.0 + 1818.0 * number / 23 for number in range(24)]
        marks = [
            words
            for words in of_kind(step_histogram([steps], EN).narrow, "words")
            if words.text.endswith(" ms")
        ]
        assert len([words for words in marks if words.look != "strong"]) >= 2

    def test_equal_steps_are_one_bar(self):
        chart = step_histogram([[2.0] * 20], EN)
        assert len(of_kind(chart.wide, "rect")) == 1


def test_the_cold_call_is_the_longest_bar_and_the_measured_median_the_last():
    chart = warmup_calls(make_report(prefill_ms=1000.0), EN)
    bars = of_kind(chart.wide, "rect")
    assert bars[0].look == "call cold"
    assert bars[-1].look == "call steady"
    assert bars[0].width == max(bar.width for bar in bars)
    assert chart.title.startswith("Prefill, call by call: First call, cold 22.80 s, Warm-up 1 6.60 s")


def test_scales_and_ticks():
    assert round_ticks(0, 5391) == [0, 2000, 4000, 6000]
    assert round_ticks(0.0, 0.0)[-1] > 0
    assert round_ticks(609.0, 660.0) == [600, 620, 640, 660]
    assert decades(0.05, 8300.0) == [0.01, 0.1, 1.0, 10.0, 100.0, 1000.0, 10000.0]
    scale = Scale(1.0, 100.0, 0.0, 200.0, logarithmic=True)
    assert (scale(1.0), scale(10.0), scale(100.0), scale(1e9)) == (0.0, 100.0, 200.0, 200.0)
    assert [span_words(ms) for ms in (0, 0.0485, 0.2, 12.345, 999.0, 8300.0)] == [
        *("0", "48.50 µs", "200 µs", "12.35 ms", "999 ms", "8.30 s"),
    ]


EXTREMES = [0.0, 5e-324, 1e-300, 1e-15, 9e-10, 1.1e-9, 0.1, 1.0, 1 + 2e-16, 1e12, 1e12 + 1e-4, 1e15]


@pytest.mark.parametrize(("low", "high"), list(combinations_with_replacement(EXTREMES, 2)))
def test_axes_of_figures_that_no_machine_gives_are_short_and_in_order(low, high):
    ticks = round_ticks(low, high)
    assert 2 <= len(ticks) < 20
    assert ticks == sorted(ticks)
    assert ticks[0] < ticks[-1]
    assert 0 <= Scale(ticks[0], ticks[-1], 0, 100)(high) <= 100
    assert 0 <= Scale(low, high, 0, 100)(low) <= 100
    powers = decades(low, high)
    assert powers[0] > 0
    assert 0 <= Scale(powers[0], powers[-1], 0, 100, logarithmic=True)(high) <= 100
