"""Warm-up ends when two repetitions agree, and says so if they never do."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.agent


class Compiles:
    """A compile ledger that follows a script: how many compilations each repetition had."""

    def __init__(self, counts=()):
        self.counts = list(counts)

    def look(self, warmup_step):
        return self.counts[warmup_step] if warmup_step < len(self.counts) else 0

    def ledger(self):
        from bitnet_report import CompileLedger

        return CompileLedger(cache="none", compile_ms=0.0)


def warmed(times, counts=(), **options):
    """Warm up over repetitions of the given (prefill, decode step) times in ms; also how many were run."""
    from bitnet_agent.measurement.generation import Generation
    from bitnet_agent.measurement.steady import warm_up

    runs = iter(times)
    count = 0

    def run():
        nonlocal count
        count += 1
        prefill, step = next(runs)
        return Generation(prefill_ms=prefill, decode_steps_ms=[step] * 4, token_ids=[1] * 5)

    return warm_up(run, Compiles(counts), **options), count


@pytest.mark.parametrize(
    ("times", "repetitions", "steady"),
    [
        ([(100, 10), (100, 10)], 2, True),
        ([(100, 10), (103, 10)], 2, True),
        ([(103, 10), (100, 10)], 2, True),
        ([(22_800, 10), (6_600, 10), (2_080, 10), (2_080, 10)], 4, True),
        ([(100, 10), (104, 10), (104, 10)], 3, True),  # prefill differs first
        ([(100, 10), (100, 11), (100, 11)], 3, True),  # decode differs first
        ([(100, 10), (104, 10), (100, 10), (104, 10), (105, 10)], 5, True),
        ([(100 * 2**n, 10) for n in range(8)], 8, False),
        ([(100, 10 * 2**n) for n in range(8)], 8, False),
        ([(100 * 2**n, 10) for n in range(7)] + [(6_400, 10)], 8, True),
    ],
)
def test_as_many_repetitions_as_it_takes(times, repetitions, steady):
    warmup, count = warmed(times)
    assert count == repetitions
    assert warmup.steady is steady
    assert [step.prefill_ms for step in warmup.steps] == [time[0] for time in times]
    assert [step.decode_ms for step in warmup.steps] == pytest.approx([time[1] * 4 for time in times])


def test_the_cold_first_call_is_kept_by_its_own_name():
    warmup, _ = warmed([(22_800, 10), (2_000, 10), (2_000, 10)])
    assert warmup.first_call_ms == 22_800


def test_a_repetition_in_which_something_was_compiled_settles_nothing():
    warmup, count = warmed([(100, 10)] * 5, counts=[2, 1, 1])
    assert count == 4
    assert warmup.steady is True
    assert [step.compilations for step in warmup.steps] == [2, 1, 1, 0]


def test_never_one_alone_and_no_more_than_is_allowed():
    _, count = warmed([(100, 10), (200, 10)], maximum=2)
    assert count == 2
    warmup, count = warmed([(100, 10), (200, 10), (200, 10)], out_of_time=lambda: True)
    assert (count, warmup.steady) == (2, False)
