"""Regions: each moment belongs to the innermost that is open, and to that alone."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.agent


@pytest.fixture
def recorder(clock):
    from bitnet_agent.operators.regions import Recorder

    return Recorder(clock, keep_spans=True)


def seconds(recorder, stage="decode"):
    return {key: value for key, value in recorder.stages[stage].seconds.items() if value}


def test_time_belongs_to_the_innermost_region(recorder, clock):
    with recorder.forward("decode"):
        clock.pass_ms(1)
        with recorder.region("framework", "outer"):
            clock.pass_ms(10)
            with recorder.region("attention"):
                clock.pass_ms(100)
                with recorder.region("rotary-kv"):
                    clock.pass_ms(1000)
                clock.pass_ms(200)
            clock.pass_ms(20)
        clock.pass_ms(2)

    assert seconds(recorder) == pytest.approx(
        {
            ("sampling", ""): 0.003,
            ("framework", "outer"): 0.030,
            ("attention", "outer"): 0.300,
            ("rotary-kv", "outer"): 1.0,
        }
    )
    assert recorder.stages["decode"].forwards_s == pytest.approx([1.333])


def test_a_region_that_is_entered_again_adds_up_and_is_counted(recorder, clock):
    for _ in range(2):
        with recorder.forward("decode"):
            for cost in (3, 4):
                with recorder.region("attention", "a"):
                    clock.pass_ms(cost)

    assert seconds(recorder) == pytest.approx({("attention", "a"): 0.014})
    assert recorder.stages["decode"].calls[("attention", "a")] == 4
    assert recorder.stages["decode"].forwards_s == pytest.approx([0.007, 0.007])


def test_what_follows_the_last_inner_region_can_be_of_another_kind(recorder, clock):
    with recorder.forward("decode"):
        recorder.enter("framework", "m")
        clock.pass_ms(1)
        with recorder.region("bitlinear-matmul"):
            clock.pass_ms(10)
        clock.pass_ms(100)
        recorder.leave("freeing-temporaries")

    assert seconds(recorder) == pytest.approx(
        {("framework", "m"): 0.001, ("bitlinear-matmul", "m"): 0.010, ("freeing-temporaries", "m"): 0.100}
    )


def test_stages_are_kept_apart(recorder, clock):
    for stage, cost in (("prefill", 5), ("decode", 7)):
        with recorder.forward(stage), recorder.region("attention", "a"):
            clock.pass_ms(cost)

    assert seconds(recorder, "prefill") == pytest.approx({("attention", "a"): 0.005})
    assert seconds(recorder, "decode") == pytest.approx({("attention", "a"): 0.007})


def test_an_error_closes_what_was_open(recorder, clock):
    def broken():
        with recorder.forward("decode"), recorder.region("attention"):
            clock.pass_ms(1)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        broken()

    with recorder.forward("decode"):
        clock.pass_ms(2)
    assert seconds(recorder) == pytest.approx({("attention", ""): 0.001, ("sampling", ""): 0.002})


def test_outside_a_forward_nothing_is_recorded(recorder, clock):
    with recorder.region("attention"):
        clock.pass_ms(1)
    assert recorder.stages == {}
    assert recorder.spans == []


def test_the_instruments_own_work_is_charged_to_nothing():
    """On a clock where every look takes a second, what passes inside a mark is in no kind."""
    from bitnet_agent.operators.regions import Recorder

    looks = iter(range(100))
    recorder = Recorder(lambda: float(next(looks)))
    with recorder.forward("decode"), recorder.region("attention"):
        pass

    totals = recorder.stages["decode"]
    # looks: began 0, sampling from 1; to attention 2, 3; out of it 4, 5; sampling to 6, 7; over at 8
    assert totals.seconds == {("sampling", ""): 2.0, ("attention", ""): 1.0}
    assert totals.forwards_s == [8.0]


def test_an_engine_is_heard_only_while_somebody_listens(recorder, clock):
    from bitnet_agent.operators.regions import listening, region

    def engine():
        with region("activation-quantization"):
            clock.pass_ms(5)

    engine()
    with listening(recorder), recorder.forward("decode"):
        engine()
    engine()
    assert seconds(recorder) == pytest.approx({("activation-quantization", ""): 0.005})
    assert recorder.stages["decode"].calls[("activation-quantization", "")] == 1


def test_a_trace_is_bounded_and_says_what_is_left_out(recorder, monkeypatch):
    from bitnet_agent.operators import regions
    from bitnet_agent.operators.trace import chrome_trace

    monkeypatch.setattr(regions, "MOST_SPANS", 3)
    with recorder.forward("decode"):
        for _ in range(5):
            with recorder.region("attention"):
                pass

    trace = json.loads(chrome_trace(recorder, {}))
    assert sum(event["ph"] == "X" for event in trace["traceEvents"]) == 3
    assert trace["otherData"]["spans_left_out"] == "3"  # two of attention, and the forward's own


def test_a_trace_has_microseconds_and_nesting(recorder, clock):
    from bitnet_agent.operators.trace import chrome_trace

    with recorder.forward("prefill"):
        clock.pass_ms(2)
        with recorder.region("attention", "layer.0"):
            clock.pass_ms(3)

    outer, inner = (e for e in json.loads(chrome_trace(recorder, {}))["traceEvents"] if e["ph"] == "X")
    assert (outer["name"], outer["ts"], outer["dur"]) == ("prefill", 0, pytest.approx(5000))
    assert (inner["name"], inner["cat"]) == ("layer.0", "attention")
    assert (inner["ts"], inner["dur"]) == (pytest.approx(2000), pytest.approx(3000))
