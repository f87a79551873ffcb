"""The operator split on the wire: its sums follow from its parts, or it is refused."""

from __future__ import annotations

import json

import pytest

from bitnet_report import (
    OPERATOR_KINDS,
    REMAINDER,
    NotAReportError,
    operator_module,
    operator_words,
    read_report,
    report_from_document,
    stage_operators,
    with_timed_ms,
)

MB_WEIGHT = 2560 * 2560


def down_proj(**changes):
    given = {
        "calls": 1,
        "ms": 50.0,
        "parts": {"weight-quantization": 30.0, "bitlinear-matmul": 15.0, "rotary-kv": 9.0},
        "operations": 2 * MB_WEIGHT,
        "nbytes": 8 * MB_WEIGHT,
    }
    return operator_module("model.layers.3.mlp.down_proj", **(given | changes))


def decode_split(**changes):
    given = {
        "forwards": 4,
        "tokens": 1,
        "timed_ms": 98.75,
        "instrumented_ms": 104.0,
        "kinds": {
            "framework": (1, 12.0),
            "weight-quantization": (7, 70.0),
            "bitlinear-matmul": (7, 20.0),
        },
        "modules": [down_proj()],
        "tokens_agree": True,
    }
    return stage_operators("decode", **(given | changes))


@pytest.fixture
def document(report) -> dict:
    """A report with a split, as JSON."""
    timed = report.stage("decode").ms_per_token
    with_split = report.model_copy(update={"operators": [decode_split(timed_ms=timed)]})
    return json.loads(with_split.to_json())


def test_the_figures_follow_from_the_parts():
    split = decode_split()

    assert [kind.name for kind in split.kinds] == ["weight-quantization", "bitlinear-matmul", "framework"]
    assert split.remainder_ms == pytest.approx(2.0)
    assert split.remainder_share == pytest.approx(2 / 104)
    assert split.slowdown == pytest.approx(104 / 98.75)
    assert split.kind("weight-quantization").share == pytest.approx(70 / 104)
    assert split.kind("attention") is None


def test_a_module_knows_its_place_and_its_rates():
    module = down_proj()

    assert (module.layer, module.projection) == (3, "down_proj")
    assert module.weight_quantization_ms == 30
    assert module.matmul_ms == 15
    assert module.freeing_ms == module.activation_quantization_ms == 0
    assert module.gops == pytest.approx(2 * MB_WEIGHT / 0.05 / 1e9)
    assert module.gb_per_s == pytest.approx(8 * MB_WEIGHT / 0.05 / 1e9)


def test_rates_that_cannot_be_known_are_null():
    assert down_proj(ms=0.0, parts={}).gops is None
    unknown = down_proj(operations=None, nbytes=None)
    assert (unknown.operations, unknown.gops, unknown.gb_per_s) == (None, None, None)
    assert operator_module("router", calls=1, ms=1.0, parts={}).layer is None


def test_a_split_can_be_held_against_another_time():
    assert with_timed_ms(decode_split(), 52.0).slowdown == pytest.approx(2.0)


def test_a_report_with_a_split_is_read_as_it_was_written(document):
    report = report_from_document(document)
    assert read_report(report.to_json()) == report
    assert report.operators[0].modules[0].projection == "down_proj"


def test_a_report_without_a_split_has_an_empty_one(golden_v1):
    assert read_report(golden_v1).operators == []


def test_a_kind_that_a_newer_agent_tells_apart_is_kept(document):
    document["operators"][0]["kinds"][2]["name"] = "paging"
    assert report_from_document(document).operators[0].kind("paging") is not None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("slowdown", 1.0),
        ("timed_ms", 50.0),
        ("remainder_ms", 0.0),
        ("remainder_share", 0.3),
        ("instrumented_ms", 110.0),
        ("kinds.0.share", 0.5),
        ("kinds.0.ms", 60.0),
        ("kinds.1.name", "weight-quantization"),
        ("modules.0.gops", 1.0),
        ("modules.0.gb_per_s", None),
        ("modules.0.operations", 5),
        ("modules.0.ms", 44.0),
        ("modules.0.weight_quantization_ms", 71.0),
        ("stage", "cooking"),
    ],
)
def test_a_figure_that_contradicts_the_others_is_refused(document, path, value):
    *parents, last = path.split(".")
    place = document["operators"][0]
    for parent in parents:
        place = place[int(parent) if parent.isdigit() else parent]
    place[last] = value

    with pytest.raises(NotAReportError, match=r"^operators\[0\]"):
        report_from_document(document)


def test_a_stage_may_be_split_once_only(document):
    document["operators"] *= 2
    with pytest.raises(NotAReportError, match="stands twice"):
        report_from_document(document)


def test_every_kind_has_a_name_in_both_languages_and_a_foreign_one_keeps_its_own():
    for kind in (*OPERATOR_KINDS, REMAINDER):
        english, chinese = (operator_words(kind, language) for language in ("en", "zh"))
        assert english != kind or kind in ("attention", "framework")
        assert chinese != english or kind == "lm-head"
    assert operator_words("of-a-newer-agent", "zh") == "of-a-newer-agent"
