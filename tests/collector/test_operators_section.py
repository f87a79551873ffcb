"""Where the time goes, on a run's page: charts, figures and CSV."""

from __future__ import annotations

import csv
import io

import pytest
from collector_reports import make_report

from bitnet_collector.render.charts.drawing import NARROW, WIDE
from bitnet_collector.render.charts.layer_heat import layer_heat
from bitnet_collector.render.charts.operator_shares import operator_shares
from bitnet_collector.texts import Texts
from bitnet_report import PROJECTIONS, forward_times_ms, operator_module, stage_operators

EN, ZH = Texts("en"), Texts("zh")
SLOW = "model.layers.2.mlp.down_proj"


def module(name, ms):
    parts = {"weight-quantization": ms / 2, "bitlinear-matmul": ms / 4}
    return operator_module(name, calls=1, ms=ms, parts=parts, operations=10**9, nbytes=10**9)


def modules(layers, ms=1.0):
    names = [f"model.layers.{layer}.mlp.{name}" for layer in range(layers) for name in PROJECTIONS]
    return [module(name, ms * 9 if name == SLOW else ms) for name in names]


def split(stage="decode", *, layers=3, timed_ms=500.0, kinds=None):
    kinds = kinds or {
        "weight-quantization": (21, 250.0),
        "bitlinear-matmul": (21, 125.0),
        "sampling": (1, 10.0),
        "framework": (1, 90.0),
    }
    return stage_operators(
        stage, forwards=4, tokens=1, timed_ms=timed_ms, instrumented_ms=500.0, kinds=kinds,
        modules=modules(layers), tokens_agree=True,
    )  # fmt: skip


def with_operators(**changes):
    report = make_report()
    timed = forward_times_ms(report.stage_profiles)
    splits = [split(stage, timed_ms=timed[stage], **changes) for stage in ("prefill", "decode")]
    return report.model_copy(update={"operators": splits})


def rects(drawing, look=None):
    return [shape for shape in drawing.shapes if shape.kind == "rect" and look in (None, shape.look)]


@pytest.mark.parametrize("texts", [EN, ZH], ids=["en", "zh"])
@pytest.mark.parametrize("layers", [1, 3, 40, 200])
def test_nothing_is_drawn_outside_the_box(texts, layers):
    for chart in (operator_shares([split(layers=layers)], texts), layer_heat(split(layers=layers), texts)):
        assert (chart.wide.width, chart.narrow.width) == (WIDE, NARROW)
        for drawing in (chart.wide, chart.narrow):
            for shape in drawing.shapes:
                assert -1 <= shape.x <= drawing.width + 1, shape
                assert -1 <= shape.y <= drawing.height + 1, shape
            for rect in rects(drawing):
                assert rect.x + rect.width <= drawing.width + 1, rect


def test_a_bar_is_cut_by_share_and_what_is_small_stands_together():
    chart = operator_shares([split()], EN)
    bars = {rect.look: rect.width for rect in rects(chart.wide)}
    assert bars["fill-1"] == pytest.approx(WIDE * 0.5, abs=1.5)
    assert bars["fill-2"] == pytest.approx(WIDE * 0.25, abs=1.5)
    assert bars["fill-8"] == pytest.approx(WIDE * 0.25, abs=1.5)  # sampling, framework, and the remainder
    assert [key.words for key in chart.keys] == [
        "quantising weights",
        "BitLinear matrix products",
        "everything else",
    ]
    assert "quantising weights 50.0 %" in chart.title


def test_a_kind_keeps_its_colour_whatever_else_a_run_has():
    other = split(kinds={"attention": (1, 300.0), "bitlinear-matmul": (1, 100.0)})
    looks = {rect.hint.partition(":")[0]: rect.look for rect in rects(operator_shares([other], EN).wide)}
    assert looks["BitLinear matrix products"] == "fill-2"


def test_the_longest_layer_is_the_darkest():
    chart = layer_heat(split(), EN)
    assert len(rects(chart.wide)) == 3 * len(PROJECTIONS)
    (darkest,) = rects(chart.wide, "heat-6")
    assert darkest.hint == "layer 2, down_proj: 9 ms"
    assert {rect.look for rect in rects(chart.wide)} == {"heat-1", "heat-6"}
    assert SLOW in chart.title


def test_a_model_without_layers_or_with_too_many_has_no_grid():
    assert layer_heat(split(layers=0), EN) is None
    assert layer_heat(split(layers=201), EN) is None


@pytest.fixture(scope="module")
def run(server):
    report = with_operators()
    assert server.submit(report).status_code == 201
    return report


class TestServed:
    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("en", ["Where the time goes", "quantising weights", "not accounted for", "layer 2, down_proj"]),
            ("zh", ["时间花在哪里", "权重量化", "未归类", "第 2 层 down_proj"]),
        ],
    )
    def test_the_page_tells_where_the_time_goes(self, server, run, language, words):
        page = server.client.get(f"/runs/{run.run_id}.html?lang={language}").text
        for word in words:
            assert word in page

    def test_the_csv_is_the_reports(self, server, run):
        answer = server.client.get(f"/runs/{run.run_id}/operators.csv")
        assert answer.headers["content-type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        decode = [row for row in rows if row["stage"] == "decode"]
        assert sum(float(row["ms"]) for row in decode if row["level"] != "module") == pytest.approx(500)
        assert {row["projection"] for row in decode if row["level"] == "module"} == set(PROJECTIONS)

    def test_a_run_that_was_not_taken_apart_has_no_section_and_an_empty_csv(self, server):
        plain = make_report("LCJ")
        server.submit(plain)
        assert "Where the time goes" not in server.client.get(f"/runs/{plain.run_id}.html?lang=en").text
        lines = server.client.get(f"/runs/{plain.run_id}/operators.csv").text.splitlines()
        assert len(lines) == 1
        assert lines[0].startswith("stage,level,name")

    def test_a_run_that_is_not_there_has_no_csv(self, server):
        assert server.client.get("/runs/none/operators.csv").status_code == 404

    def test_foreign_names_are_shown_and_do_nothing(self, server):
        hostile = with_operators(kinds={"<script>alert(1)</script>": (1, 400.0), "=1+1": (1, 50.0)}, layers=0)
        assert server.submit(hostile).status_code == 201
        page = server.client.get(f"/runs/{hostile.run_id}.html?lang=en").text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page
        assert "'=1+1" in server.client.get(f"/runs/{hostile.run_id}/operators.csv").text
