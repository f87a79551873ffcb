from __future__ import annotations

import json
import random
from datetime import datetime, timezone
from typing import Any

import pytest

from bitnet_report import (
    STAGES,
    Comparison,
    CompileLedger,
    CpuInfo,
    Environment,
    Meta,
    Quality,
    Report,
    TimeComparison,
    Warmup,
    Workload,
    compare,
    frequency_normalization,
    new_run_id,
    ratios,
    report_from_document,
    stage_profile,
    summarize,
)
from bitnet_report.ratios import ratio_interval
from bitnet_report.statistics import bootstrap_replicas

QUIET = (0.99, 0.995, 1.0, 1.0, 1.0, 1.005, 1.01)
WIDE = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3)


def run(
    *,
    prefill: tuple[float, ...] = tuple(1000 * f for f in QUIET),
    steps: list[list[float]] | None = None,
    clock: float | None = 3000.0,
    weights: str = "published",
    grade: str | None = "A",
    first_call: float | None = 22800.0,
    cache: str | None = "cold",
    peak: float | None = 5000.0,
    environment: dict[str, Any] | None = None,
    cpu: str = "one",
    revision: str | None = None,
    **work: Any,
) -> Report:
    frequency = frequency_normalization(clock, 3000.0, "dependent-chain")
    steps = steps if steps is not None else [[500.0, 505.0, 495.0, 500.0]] * 3
    decode = [sum(s) for s in steps] or [2000.0]
    stages = [
        stage_profile("load_tokenizer", [400.0], frequency),
        stage_profile("load_model", [8000.0], frequency, memory_peak_mb=4900.0, memory_peak_source="VmHWM"),
        stage_profile("tokenization", [0.2, 0.2, 0.2], frequency, tokens=128),
        stage_profile("prefill", prefill, frequency, tokens=128, memory_peak_mb=peak),
        stage_profile("decode", decode, frequency, tokens=4, steps_ms=steps),
        stage_profile("detokenization", [0.05, 0.05], frequency),
    ]
    defined = {
        "model_sha256": "1" * 64,
        "prompt_sha256": "2" * 64,
        "prompt_tokens": 128,
        "decode_tokens": 4,
        "dtype": "bfloat16",
        "threads": 2,
        "suite_version": 1,
        "generated_sha256": "3" * 64,
        **work,
    }
    return Report(
        run_id=new_run_id(),
        member="WJ",
        meta=Meta(
            model_name="m",
            weights=weights,
            model_revision=revision,
            timestamp=datetime(2026, 3, 1, tzinfo=timezone.utc).isoformat(),
            reference_freq_mhz=3000.0,
        ),
        workload=Workload(**defined),
        cpu_info=CpuInfo(brand=cpu, clock_mhz=clock),
        environment=Environment.model_validate(environment or {}),
        freq_normalization=frequency,
        stage_profiles=stages,
        decode_steps_ms=steps,
        warmup=Warmup(
            first_call_ms=first_call,
            compile=CompileLedger(cache=cache, compile_ms=1.0) if cache else None,
        ),
        quality=Quality(grade=grade),
        summary=summarize(stages),
    )


def row(comparison: Comparison, name: str):
    return next(row for row in comparison.times if row.name == name)


def prefill_of(factor: float, spread: tuple[float, ...] = QUIET) -> tuple[float, ...]:
    return tuple(1000 * factor * f for f in spread)


@pytest.mark.parametrize(
    ("factor", "spread", "verdict"),
    [
        (1.0, QUIET, "indistinguishable"),
        (1.02, QUIET, "indistinguishable"),
        (0.98, QUIET, "indistinguishable"),
        (1.1, QUIET, "slower"),
        (0.9, QUIET, "faster"),
        (1.1, WIDE, "indistinguishable"),
        (0.9, WIDE, "indistinguishable"),
    ],
)
def test_verdicts(factor, spread, verdict):
    found = row(
        compare(run(prefill=prefill_of(1.0, spread)), run(prefill=prefill_of(factor, spread))), "prefill"
    )
    assert found.verdict == verdict
    assert found.ratio == pytest.approx(factor)
    assert found.low <= found.ratio <= found.high
    assert (found.a_n, found.b_n) == (7, 7)


def test_an_effect_under_three_percent_is_none_however_sure_it_is():
    exact = row(compare(run(prefill=(1000.0,) * 9), run(prefill=(1029.0,) * 9)), "prefill")
    assert (exact.low, exact.high, exact.verdict) == (1.029, 1.029, "indistinguishable")
    assert row(compare(run(prefill=(1000.0,) * 9), run(prefill=(1031.0,) * 9)), "prefill").verdict == "slower"


def test_every_stage_the_single_step_and_the_first_call_stand_in_order():
    names = [row.name for row in compare(run(), run()).times]
    assert names == [*STAGES[:5], "decode_step", STAGES[5], "first_call"]
    found = row(compare(run(), run(steps=[[600.0, 606.0, 594.0, 600.0]] * 3)), "decode_step")
    assert (found.a_ms, found.b_ms, found.a_n, found.b_n) == (500.0, 600.0, 12, 12)
    assert (found.ratio, found.verdict) == (1.2, "slower")


def test_one_sample_gives_a_ratio_and_no_verdict_on_it():
    comparison = compare(run(), run(prefill=(2000.0,)))
    for name, ratio in (("load_model", 1.0), ("prefill", 2.0)):
        found = row(comparison, name)
        assert (found.ratio, found.low, found.high, found.verdict) == (ratio, None, None, "one-sample")


def test_a_repetition_that_was_slow_as_a_whole_widens_the_interval():
    together = [[500.0] * 12, [600.0] * 12, [700.0] * 12]
    mixed = [[500.0, 600.0, 700.0] * 4] * 3
    low, high = ratio_interval([[600.0] * 36], together)
    narrow_low, narrow_high = ratio_interval([[600.0] * 36], mixed)
    assert high - low > narrow_high - narrow_low


def test_other_work_is_not_compared_and_every_key_is_listed():
    comparison = compare(run(), run(weights="local", decode_tokens=8, engine="cached", threads=8))
    assert comparison.obstacles == ["other-work"]
    assert [(d.field, d.a, d.b) for d in comparison.work] == [
        ("weights", "published", "local"),
        ("decode_tokens", 4, 8),
        ("engine", "published", "cached"),
    ]
    assert {(r.verdict, r.reason, r.ratio) for r in comparison.times} == {
        ("not-comparable", "other-work", None)
    }
    assert row(comparison, "prefill").a_ms == 1000.0


def test_another_allocator_is_other_work_from_either_side():
    default, tuned = run(), run(malloc="tuned")
    for a, b, expected in ((default, tuned, ("default", "tuned")), (tuned, default, ("tuned", "default"))):
        assert [(d.field, d.a, d.b) for d in compare(a, b).work] == [("malloc", *expected)]


@pytest.mark.parametrize("sides", [("A", "invalid"), ("invalid", "A"), ("invalid", "invalid")])
def test_an_invalid_run_is_compared_with_nothing(sides):
    comparison = compare(*(run(grade=grade) for grade in sides))
    assert comparison.obstacles == ["invalid"]
    assert {row.verdict for row in comparison.times} == {"not-comparable"}


def version_0() -> Report:
    return report_from_document(
        {
            "run_id": new_run_id(),
            "meta": {"model_name": "m", "timestamp": "2026-02-01T10:00:00"},
            "cpu_info": {"brand": "old", "freq_base_mhz": 1600},
            "stage_profiles": [{"name": "Prefill (首次前向)", "duration_ms": 4000.0}],
        }
    )


def test_a_report_that_proves_no_work_is_compared_with_nothing():
    for a, b in ((run(), version_0()), (version_0(), run()), (version_0(), version_0())):
        comparison = compare(a, b)
        assert comparison.obstacles == ["unknown-work"]
        prefill = row(comparison, "prefill")
        assert (prefill.verdict, prefill.reason, prefill.ratio) == ("not-comparable", "unknown-work", None)
        assert 4000.0 in (prefill.a_ms, prefill.b_ms)
    assert row(compare(run(), version_0()), "decode").reason == "missing"


def test_the_same_work_on_another_machine_is_compared_and_what_differs_is_told():
    ours = run(clock=2400.0, environment={"torch": "2.13.0", "threads": {"torch": 2, "OMP_NUM_THREADS": "2"}})
    theirs = run(
        clock=4080.0,
        cpu="two",
        threads=8,
        revision="main",
        generated_sha256="4" * 64,
        environment={"torch": "2.13.1", "threads": {"torch": 8}, "governor": "powersave"},
    )
    comparison = compare(ours, theirs)
    assert comparison.obstacles == []
    assert {d.field: (d.a, d.b) for d in comparison.notes} == {
        "cpu": ("one", "two"),
        "clock_mhz": (2400.0, 4080.0),
        "threads": (2, 8),
        "torch": ("2.13.0", "2.13.1"),
        "threads.OMP_NUM_THREADS": ("2", None),
        "governor": (None, "powersave"),
        "model_revision": (None, "main"),
        "generated_sha256": ("3" * 64, "4" * 64),
    }
    assert compare(run(clock=4000.0), run(clock=4020.0)).notes == []


def test_at_equal_clock():
    comparison = compare(run(clock=2000.0), run(clock=3000.0, prefill=prefill_of(0.8)))
    assert row(comparison, "prefill").ratio_equal_clock == pytest.approx(0.8 * 1.5)
    assert row(compare(run(clock=None), run()), "prefill").ratio_equal_clock is None


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        ("cold", "cold", "one-sample"),
        ("warm", "warm", "one-sample"),
        ("cold", "warm", "not-comparable"),
        ("mixed", "mixed", "not-comparable"),
        (None, None, "not-comparable"),
    ],
)
def test_first_calls_compare_only_with_the_same_cache(a, b, verdict):
    found = row(compare(run(cache=a), run(cache=b, first_call=11400.0)), "first_call")
    assert found.verdict == verdict
    assert (found.ratio, found.reason) == (
        (0.5, None) if verdict == "one-sample" else (None, "compile-cache")
    )


def test_memory_is_compared_by_peak():
    comparison = compare(run(), run(peak=5100.5))
    prefill = next(m for m in comparison.memory if m.name == "prefill")
    assert (prefill.a_mb, prefill.b_mb, prefill.difference_mb) == (5000.0, 5100.5, 100.5)
    assert next(m for m in compare(run(), run(peak=None)).memory if m.name == "prefill").difference_mb is None


@pytest.mark.parametrize("ms", [0.0, 5e-324, 1e-300, 1e-13])
@pytest.mark.parametrize("samples", [1, 3])
def test_a_time_of_zero_or_next_to_it_has_no_ratio(ms, samples):
    for comparison in (
        compare(run(), run(prefill=(ms,) * samples)),
        compare(run(prefill=(ms,) * samples), run()),
    ):
        found = row(comparison, "prefill")
        assert (found.verdict, found.reason, found.ratio) == ("not-comparable", "no-time", None)


def test_clocks_far_apart_leave_the_measured_ratio_and_no_other():
    found = row(compare(run(clock=0.001, prefill=(1e-6,) * 3), run(clock=1e6)), "prefill")
    assert found.ratio == pytest.approx(1e9)
    assert found.ratio_equal_clock is None


def test_the_comparison_is_repeatable_and_reads_back():
    a, b = run(), run(prefill=prefill_of(1.1))
    first, second = compare(a, b), compare(a, b)
    assert first == second
    assert Comparison.model_validate(json.loads(first.model_dump_json())) == first


MIRRORED = {"faster": "slower", "slower": "faster"}


@pytest.mark.parametrize("seed", range(12))
def test_swapping_the_sides_inverts_every_ratio_and_mirrors_every_verdict(seed):
    draw = random.Random(seed)
    sides = [
        run(
            prefill=tuple(draw.gauss(1000 * scale, 40) for _ in range(draw.randint(2, 9))),
            steps=[[draw.gauss(500 * scale, 20) for _ in range(6)] for _ in range(draw.randint(2, 4))],
        )
        for scale in (1.0, draw.choice((1.0, 1.03, 1.06, 0.9)))
    ]
    there, back = compare(*sides), compare(*reversed(sides))
    for one, other in zip(there.times, back.times, strict=True):
        assert one.ratio == pytest.approx(1 / other.ratio, rel=1e-12)
        if one.low is not None:
            assert (one.low, one.high) == (pytest.approx(1 / other.high), pytest.approx(1 / other.low))
        assert other.verdict == MIRRORED.get(one.verdict, one.verdict)


@pytest.mark.parametrize(("groups", "each", "between"), [(1, 36, 0.0), (8, 6, 3.0)])
def test_the_interval_covers_the_truth(groups, each, between):
    """200 pairs with a true ratio of 1.07: the 95 % interval holds it in 90 to 99 % of them.

    Samples scatter by 4 % inside a group, and groups among each other by `between` %.
    """
    draw = random.Random(7)

    def side(scale: float) -> list[list[float]]:
        centres = [draw.gauss(100, between) for _ in range(groups)]
        return [[scale * draw.gauss(centre, 4) for _ in range(each)] for centre in centres]

    held = 0
    for _ in range(200):
        low, high = ratio_interval(side(1.0), side(1.07))
        held += low <= 1.07 <= high
    assert 180 <= held <= 198


def test_the_two_sides_are_resampled_independently():
    """The same samples on both sides: were the draws shared, every ratio would be exactly 1."""
    samples = [[100.0 + i for i in range(20)]]
    low, high = ratio_interval(samples, samples)
    assert low < 0.97
    assert high > 1.03


def test_a_very_long_run_is_thinned_and_not_cut():
    many = [[100.0 + i % 10 for i in range(200)] for _ in range(700)]
    low, high = ratio_interval(many, many)
    assert low <= 1 <= high


def _long_run(stages: int, reps: int = 600, tokens: int = 10) -> Report:
    draw = random.Random(7)
    steps = [[draw.gauss(500, 5) for _ in range(tokens)] for _ in range(reps)]
    plain = run(prefill=tuple(draw.gauss(1000, 9) for _ in range(reps)), steps=steps, decode_tokens=tokens)
    frequency = plain.freq_normalization
    more = [
        stage_profile(f"extra {i}", [draw.gauss(9, 1) for _ in range(400)], frequency) for i in range(stages)
    ]
    profiles = [*plain.stage_profiles, *more]
    return plain.model_copy(update={"stage_profiles": profiles, "summary": summarize(profiles)})


@pytest.mark.parametrize("stages", [0, 40])
def test_intervals_of_very_many_samples_are_drawn_from_a_bounded_number_of_them(stages, monkeypatch):
    drawn_from = []

    def spy(groups):
        drawn_from.append(sum(map(len, groups)))
        return bootstrap_replicas(groups)

    monkeypatch.setattr(ratios, "bootstrap_replicas", spy)
    long = _long_run(stages)
    comparison = compare(long, long)
    assert sum(drawn_from) <= 2 * 4000
    rows = {row.name: row for row in comparison.times}
    assert rows["decode_step"].a_n == 6000
    expected = 500 if not stages else 4000 // (len(drawn_from) // 2)
    assert {rows[name].thinned_to for name in ("prefill", "decode", "decode_step")} == {expected}
    assert rows["tokenization"].thinned_to is None  # three samples are all drawn from
    assert comparison.thinned_to == expected
    assert all(row.low <= 1 <= row.high for row in rows.values() if row.low is not None)


def test_thinning_still_tells_a_difference_and_no_more_than_one_of_a_usual_run_is_thinned():
    long, slower = _long_run(40), _long_run(40)
    stages = [
        stage_profile(s.name, [1.1 * ms for ms in s.samples_ms], slower.freq_normalization, tokens=s.tokens)
        if s.name == "prefill"
        else s
        for s in slower.stage_profiles
    ]
    slower = slower.model_copy(update={"stage_profiles": stages, "summary": summarize(stages)})
    row = next(row for row in compare(long, slower).times if row.name == "prefill")
    assert row.verdict == "slower"
    assert row.low < row.ratio < row.high
    assert compare(run(), run()).thinned_to is None


def test_hostile_settings_reach_the_notes_as_short_text():
    wild = {"threads": {f"k{i}": ["\x1b[31m" + "x" * 9000] for i in range(500)}}
    notes = compare(run(), run(environment=wild)).notes
    assert len(notes) <= 200
    assert all(len(str(note.b)) <= 400 for note in notes)


def test_a_stage_of_microseconds_makes_no_difference_of_the_whole_certain():
    """Its own difference may be certain, and is a millionth of the one that is told."""
    rows = {
        "prefill": TimeComparison(name="prefill", a_ms=100.0, b_ms=120.0, verdict="indistinguishable"),
        "detokenization": TimeComparison(name="detokenization", a_ms=0.008, b_ms=0.009, verdict="slower"),
    }
    whole = compare(run(), run())
    doubtful = whole.model_copy(update={"times": list(rows.values())})
    assert not doubtful.inference_differs
    rows["prefill"] = rows["prefill"].model_copy(update={"verdict": "slower"})
    assert doubtful.model_copy(update={"times": list(rows.values())}).inference_differs
