"""The difference between two runs in parts: they sum to the whole, whatever the splits say."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bitnet_report import (
    Report,
    compare,
    decompose,
    decomposition_sentence,
    stage_operators,
    stage_profile,
    summarize,
)
from bitnet_report.decomposition import REMAINDER

PUBLISHED = {"weight-quantization": (7, 70.0), "bitlinear-matmul": (7, 20.0), "framework": (1, 12.0)}
QUANTIZED_ONCE = {"bitlinear-matmul": (7, 19.0), "activation-quantization": (7, 2.0), "framework": (1, 5.0)}


def ran(
    report: Report,
    *,
    prefill: float,
    steps: list[list[float]],
    kinds=None,
    instrumented=104.0,
    slowdown=1.04,
) -> Report:
    """The fixture's run with other times; `kinds` are decode's, as an operator pass found them."""
    frequency = report.freq_normalization
    stages = [
        stage_profile("prefill", [prefill] * 3, frequency, tokens=128)
        if stage.name == "prefill"
        else stage_profile("decode", [sum(s) for s in steps], frequency, tokens=len(steps[0]), steps_ms=steps)
        if stage.name == "decode"
        else stage
        for stage in report.stage_profiles
    ]
    changed = report.model_copy(
        update={"stage_profiles": stages, "decode_steps_ms": steps, "summary": summarize(stages)}
    )
    if kinds is None:
        return changed
    timed = changed.stage("decode").ms_per_token
    took = timed * slowdown / instrumented  # the pass is as slow as that, whatever its shares
    split = stage_operators(
        "decode",
        forwards=4,
        tokens=1,
        timed_ms=timed,
        instrumented_ms=instrumented * took,
        kinds={name: (calls, ms * took) for name, (calls, ms) in kinds.items()},
    )
    return changed.model_copy(update={"operators": [split]})


def by_other_means(report: Report, **changes: str) -> Report:
    return report.model_copy(update={"workload": report.workload.model_copy(update=changes)})


@pytest.fixture
def slow(report) -> Report:
    return ran(report, prefill=2000.0, steps=[[1500.0] * 4] * 3, kinds=PUBLISHED)


@pytest.fixture
def fast(report) -> Report:
    return ran(report, prefill=900.0, steps=[[200.0] * 4] * 3, kinds=QUANTIZED_ONCE, instrumented=26.5)


def test_the_parts_sum_to_the_whole_difference(slow, fast):
    found = decompose(fast, slow)

    assert found.difference_ms == pytest.approx(
        slow.summary.inference_time_ms - fast.summary.inference_time_ms, abs=1e-9
    )
    assert sum(part.difference_ms for part in found.parts) == pytest.approx(found.difference_ms)
    assert sum(part.share for part in found.parts) == pytest.approx(1)
    assert sum(part.a_ms for part in found.parts) == pytest.approx(found.a_ms)
    assert sum(part.b_ms for part in found.parts) == pytest.approx(found.b_ms)


@pytest.mark.parametrize("slowdown", [0.6, 1.6, 45.0])
def test_a_pass_unlike_the_timed_ones_divides_nothing(report, slow, slowdown):
    """Something else was at work while the forwards were taken apart: its shares are not the timed ones'."""
    disturbed = ran(
        report, prefill=900.0, steps=[[200.0] * 4] * 3, kinds=QUANTIZED_ONCE, instrumented=26.5,
        slowdown=slowdown,
    )  # fmt: skip
    found = decompose(disturbed, slow)

    assert {(part.stage, part.kind) for part in found.parts} >= {("decode", None)}
    assert sum(part.difference_ms for part in found.parts) == pytest.approx(found.difference_ms)


def test_the_largest_part_stands_first_and_names_stage_and_operator(slow, fast):
    found = decompose(fast, slow)

    first = found.parts[0]
    assert (first.stage, first.kind) == ("decode", "weight-quantization")
    # 70 of the 104 ms that the watched token took, of 4 tokens of 1500 ms: and nothing on the other side.
    assert (first.a_ms, first.b_ms) == (0.0, pytest.approx(70 / 104 * 6000))
    assert all(abs(x.difference_ms) >= abs(y.difference_ms) for x, y in pairwise(found.parts))


def test_a_stage_without_a_split_on_both_sides_is_one_part(slow, fast):
    unsplit = fast.model_copy(update={"operators": []})

    parts = [part for part in decompose(unsplit, slow).parts if part.stage == "decode"]

    assert [(part.kind, part.a_ms, part.b_ms) for part in parts] == [(None, 800.0, 6000.0)]


def test_what_no_operator_accounts_for_is_a_part(slow, fast):
    remainder = next(part for part in decompose(fast, slow).parts if part.kind == REMAINDER)

    assert remainder.b_ms == pytest.approx(2 / 104 * 6000)
    assert remainder.a_ms == pytest.approx(0.5 / 26.5 * 800)


def test_a_part_that_went_the_other_way_has_a_share_below_zero(slow, fast):
    shares = {part.kind: part.share for part in decompose(fast, slow).parts if part.stage == "decode"}

    assert shares["activation-quantization"] < 0 < shares["weight-quantization"]


def test_turned_round_every_difference_changes_its_sign(slow, fast):
    there, back = decompose(fast, slow), decompose(slow, fast)

    key = lambda part: (part.stage, part.kind or "")  # noqa: E731
    for x, y in zip(sorted(there.parts, key=key), sorted(back.parts, key=key), strict=True):
        assert x.difference_ms == pytest.approx(-y.difference_ms)
        assert x.share == pytest.approx(y.share)


def test_a_run_against_itself_differs_in_nothing_and_divides_by_nothing(slow):
    found = decompose(slow, slow)

    assert found.difference_ms == 0
    assert {(part.difference_ms, part.share) for part in found.parts} == {(0.0, None)}


def test_a_whole_that_took_next_to_nothing_is_not_divided(report, slow):
    short = ran(report, prefill=1e-15, steps=[[1e-12] * 4] * 3)
    stages = [
        stage.model_copy(update={"duration_ms": 1e-15}) if "tokenization" in stage.name else stage
        for stage in short.stage_profiles
    ]

    assert decompose(short.model_copy(update={"stage_profiles": stages}), slow) is None


def test_a_split_that_exceeds_its_stage_beyond_measure_is_not_scaled_to_it(slow, fast):
    (split,) = slow.operators
    beyond = split.model_copy(
        update={"kinds": [kind.model_copy(update={"ms": 9e11}) for kind in split.kinds]}
    )
    found = decompose(fast, slow.model_copy(update={"operators": [beyond]}))

    assert [part.kind for part in found.parts if part.stage == "decode"] == [None]


def test_loading_and_the_cold_first_call_are_no_part_of_it(slow, fast):
    assert {part.stage for part in decompose(fast, slow).parts} == {
        "tokenization",
        "prefill",
        "decode",
        "detokenization",
    }


def test_a_stage_that_one_side_lacks_leaves_nothing_to_divide(slow, fast):
    without = fast.model_copy(
        update={"stage_profiles": [s for s in fast.stage_profiles if s.name != "tokenization"]}
    )

    assert decompose(without, slow) is None


def test_two_engines_on_the_same_task_are_compared_and_what_differs_is_named(slow, fast):
    found = compare(slow, by_other_means(fast, engine="quantized-once"))

    assert found.obstacles == []
    assert [(d.field, d.a, d.b) for d in found.work] == [("engine", "published", "quantized-once")]
    decode = next(row for row in found.times if row.name == "decode")
    assert (decode.verdict, decode.ratio) == ("faster", pytest.approx(200 / 1500))
    assert found.decomposition.difference_ms < 0


def test_other_work_is_still_kept_apart_and_not_divided(slow, fast):
    found = compare(slow, by_other_means(fast, engine="quantized-once", prompt_sha256="d" * 64))

    assert found.obstacles == ["other-work"]
    assert found.decomposition is None


def test_the_difference_is_said_in_both_languages_with_the_stages_own_names(slow, fast):
    names = {"prefill": "PRE", "decode": "DEC"}
    for a, b, english, chinese in (
        (fast, slow, "B's inference is 4.70× slower", "B 的推理耗时是 A 的 4.70 倍，多用"),
        (slow, fast, "B's inference is 4.70× faster", "B 的推理速度是 A 的 4.70 倍，少用"),
    ):
        found = decompose(a, b)
        said = {language: decomposition_sentence(found, language, names.get) for language in ("en", "zh")}
        assert "DEC: quantising weights" in said["en"]
        assert "DEC：权重量化 64 %，" in said["zh"]
        for sentence in said.values():
            assert f"{abs(found.difference_ms):,.0f} ms" in sentence
        assert said["en"].startswith(english)
        assert said["zh"].startswith(chinese)


def test_a_small_difference_is_not_rounded_to_nothing(slow):
    found = decompose(slow, slow).model_copy(update={"difference_ms": 0.0421, "ratio": 1.05})
    assert "0.0421 ms more" in decomposition_sentence(found, "en", str)


def test_what_went_the_other_way_is_told_apart_from_what_makes_the_difference(report):
    """No share over 100 % beside one under 0 in one row: a reader cannot add those up."""
    before = ran(report, prefill=900.0, steps=[[1500.0] * 4] * 3)
    after = ran(report, prefill=1900.0, steps=[[200.0] * 4] * 3)

    found = decompose(before, after)
    said = {language: decomposition_sentence(found, language, str) for language in ("en", "zh")}

    assert said["en"].endswith("of that 124 % decode; the other way went prefill (24 %).")
    assert said["zh"].endswith("其中：decode 124 %；反向变化的有：prefill 24 %。")


def test_a_step_that_differs_for_certain_is_not_called_chance(report):
    """One repetition each: no stage has an interval, and the single step has one."""
    quick = [
        ran(report, prefill=900.0, steps=[[step + 0.01 * n for n in range(8)]]) for step in (1500.0, 200.0)
    ]
    single = [
        run.model_copy(
            update={
                "stage_profiles": [
                    stage.model_copy(update={"samples_ms": stage.samples_ms[:1]})
                    for stage in run.stage_profiles
                ]
            }
        )
        for run in quick
    ]

    found = compare(*single)
    assert {row.name: row.verdict for row in found.times}["decode"] == "one-sample"
    assert {row.name: row.verdict for row in found.times}["decode_step"] == "faster"
    assert found.inference_differs
