"""Timing a stage, with a clock that only the test moves."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.agent


def test_a_stage_that_happens_once_has_one_exact_sample(clock):
    from bitnet_agent.machine.clock.clock import Clock
    from bitnet_agent.measurement.stages import measure_once
    from bitnet_report import frequency_normalization

    cores = Clock(stated_mhz=2400.0, advertised_mhz=None, chain=None, threads=1)
    result, stage = measure_once("load_model", lambda: clock.pass_ms(1500) or "the model", cores, clock)
    assert result == "the model"
    assert stage.samples_ms == pytest.approx([1500])

    profile = stage.to_profile(frequency_normalization(2400.0, 3000.0))
    assert profile.duration_ms == pytest.approx(1500)
    assert profile.duration_normalized_ms == pytest.approx(1200)
    assert profile.memory_before_mb > 0
    assert profile.memory_peak_mb >= max(profile.memory_before_mb, profile.memory_after_mb)
    assert profile.memory_delta_mb == profile.memory_after_mb - profile.memory_before_mb


@pytest.mark.parametrize(("takes_ms", "calls"), [(0.03, 3334), (25, 4), (30, 4), (99, 2), (100, 1), (700, 1)])
def test_a_short_stage_is_repeated_for_a_tenth_of_a_second_and_divided(clock, takes_ms, calls):
    from bitnet_agent.measurement.stages import time_in_loop

    clock.seconds = 0.0
    done = []

    def action():
        done.append(1)
        clock.pass_ms(takes_ms)

    assert time_in_loop(action, clock) == pytest.approx(takes_ms)
    assert len(done) == calls
