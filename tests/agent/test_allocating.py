"""Page faults of a forward in the report, with what one costs on this machine."""

from __future__ import annotations

import sys

import pytest

from bitnet_agent.measurement.allocating import describe_allocation
from bitnet_agent.measurement.observing import Observation
from bitnet_report import read_report

pytestmark = [pytest.mark.agent, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]

PR_SET_THP_DISABLE = 41  # <linux/prctl.h>


def test_a_fault_costs_something_and_not_a_millisecond():
    import ctypes

    from bitnet_agent.machine.memory.fault_cost import fault_cost_ns

    small = ctypes.CDLL(None).prctl
    assert small(PR_SET_THP_DISABLE, 1, 0, 0, 0) == 0  # a fault of 2 MB may well cost a millisecond
    try:
        cost = fault_cost_ns()
    finally:
        small(PR_SET_THP_DISABLE, 0, 0, 0, 0)
    assert cost is not None
    assert 1 < cost < 1e6


def test_without_a_clock_that_moves_no_cost_is_made_up():
    from bitnet_agent.machine.memory.fault_cost import fault_cost_ns

    assert fault_cost_ns(lambda: 1.0) is None


def test_the_report_counts_the_faults_of_the_watched_pass(profiled):
    report = read_report(profiled.body)
    allocation = report.allocation
    assert [stage.stage for stage in allocation.stages] == ["prefill", "decode"]
    for stage, (forwards, tokens) in zip(allocation.stages, [(1, 16), (3, 1)], strict=True):
        assert (stage.forwards, stage.tokens) == (forwards, tokens)
        assert stage.minor_faults == report.stage(stage.stage).memory_kinds.minor_faults
        cost_ms = allocation.fault_cost_ns / 1e6
        assert stage.saving_ms == pytest.approx(stage.minor_faults / forwards * cost_ms)
        assert stage.large_temporaries == 0  # the stand-in's largest weight is 256 KiB
        kinds = report.stage(stage.stage).memory_kinds
        assert stage.system_cpu_ms == pytest.approx(kinds.system_cpu_ms / forwards)
        assert stage.user_cpu_ms == pytest.approx(kinds.user_cpu_ms / forwards)
        assert stage.user_cpu_ms + stage.system_cpu_ms > 0
    assert (allocation.faults_source, allocation.fault_cost_source) == ("getrusage", "mmap-probe")


def test_the_profiler_says_nothing_on_the_terminal(profiled):
    for noise in ("USDT", "STAGE:", "CPUAllocator"):
        assert noise not in profiled.stderr


def test_blocks_that_are_taken_and_given_back_are_counted_by_size():
    import torch

    from bitnet_agent.measurement.temporaries import _watched, large_among

    def forward():
        for _ in range(3):
            torch.empty(40 * 2**20, dtype=torch.uint8).fill_(1)
        return torch.empty(50 * 2**20, dtype=torch.uint8), torch.empty(2**20).add(1).sum()

    kept, changes = _watched(forward)
    assert kept[0].nbytes == 50 * 2**20  # taken, and not given back
    assert large_among(changes) == (3, 120.0)


def test_a_system_that_does_not_tell_leaves_it_out():
    from bitnet_agent.machine.memory.resident import StageMemory

    silent = {"prefill": StageMemory(1.0), "decode": StageMemory(1.0)}
    assert describe_allocation(Observation(memory=silent), 16, 3) is None
