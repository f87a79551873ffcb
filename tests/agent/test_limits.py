"""What the machine can do at most: measured natively, or through torch, and told in the report."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

from bitnet_agent.machine.compiler import Compiler, find_compiler
from bitnet_agent.machine.limits.measuring import LimitsMeter
from bitnet_agent.machine.limits.memory_reading import array_bytes, build_reader, read_memory
from bitnet_agent.machine.limits.products import Peak, kinds_to_measure, measure_peak
from bitnet_agent.machine.processor.caches import last_level_cache
from bitnet_agent.measurement.merging import merge
from bitnet_report import MB, Quality, read_report
from bitnet_report.roofline_caveats import roofline_caveats

pytestmark = pytest.mark.agent

no_windows = pytest.mark.skipif(sys.platform == "win32", reason="the reader needs POSIX threads")
linux = pytest.mark.skipif(sys.platform != "linux", reason="affinity and /proc are Linux's")

GB = 10**9


@no_windows
def test_the_native_reader_reads_on_every_thread():
    for threads, cpus in ((1, ()), (2, (0,)), (5, ())):
        native = build_reader(find_compiler(), threads, cpus)
        reading = read_memory(32 * MB, native)
        assert reading is not None
        assert (reading.how, reading.array_bytes) == ("native", 32 * MB)
        assert len(reading.samples_gb_per_s) >= 3
        assert 0.1 < reading.gb_per_s < 10_000


@linux
def test_reading_leaves_affinity_and_memory_as_they_were():
    before = os.sched_getaffinity(0)
    native = build_reader(find_compiler(), 2, (min(before),))
    read_memory(8 * MB, native)
    held = _resident_mb()
    read_memory(256 * MB, native)
    assert _resident_mb() - held < 32
    assert os.sched_getaffinity(0) == before


def _resident_mb() -> float:
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / MB


@no_windows
def test_more_memory_than_there_is_gives_no_reading():
    native = build_reader(find_compiler(), 2, ())
    assert native is not None
    assert native(2**60, False) is None


def test_without_a_compiler_torch_reads_and_says_so(tmp_path):
    assert build_reader(None, 2, ()) is None
    assert build_reader(Compiler(str(tmp_path / "absent"), "absent 1.0"), 2, ()) is None
    reading = read_memory(16 * MB, None)
    assert reading is not None
    assert reading.how == "torch"
    assert reading.gb_per_s > 0.1
    assert read_memory(16 * MB, None, huge_pages=True) is None


def test_the_array_is_four_caches_as_far_as_memory_goes():
    assert array_bytes(480 * MB, 20_000 * MB) == 1920 * MB
    assert array_bytes(480 * MB, 4_000 * MB) == 1000 * MB  # a quarter of what is free
    assert array_bytes(16 * MB, 8_000 * MB) == 256 * MB
    assert array_bytes(None, 8_000 * MB) == 256 * MB
    assert array_bytes(2**40, 10**15) == 4096 * MB
    assert array_bytes(16 * MB, -5.0) == 0
    assert read_memory(0, None) is None


def test_the_last_level_is_counted_once_for_those_that_share_it(tmp_path):
    """Two complexes of two cores with 16 MB of L3 each."""
    for cpu, shared in ((0, "0-1"), (1, "0-1"), (2, "2-3"), (3, "2-3")):
        for index, (level, kind, size, of) in enumerate(
            ((1, "Data", "32K", str(cpu)), (2, "Unified", "1024K", str(cpu)), (3, "Unified", "16M", shared))
        ):
            place = tmp_path / f"sys/devices/system/cpu/cpu{cpu}/cache/index{index}"
            place.mkdir(parents=True)
            for name, text in (("level", level), ("type", kind), ("size", size), ("shared_cpu_list", of)):
                (place / name).write_text(f"{text}\n")
    assert last_level_cache((0, 1), tmp_path) == 16 * MB
    assert last_level_cache((0, 2), tmp_path) == 32 * MB
    assert last_level_cache((0, 1, 2, 3), tmp_path) == 32 * MB


def test_which_products_are_measured():
    assert kinds_to_measure(["avx2", "amx_bf16", "amx_int8"], "bfloat16") == ["bfloat16", "int8"]
    assert kinds_to_measure(["asimddp"], "float32") == ["float32", "int8"]
    assert kinds_to_measure(["avx2", "fma"], "bfloat16") == ["bfloat16", "float32"]


@pytest.mark.parametrize("kind", ["bfloat16", "float32", "int8"])
def test_the_peak_of_what_torch_multiplies(kind):
    peak = measure_peak(kind)
    assert peak is not None
    assert 0.5 < peak.gops < 1e6
    assert len(peak.samples_gops) >= 5


def test_the_product_lies_as_a_layers_weight_does(monkeypatch):
    """torch multiplies the other layout many times slower where there are no units for bfloat16."""
    import torch

    strides, multiply = set(), torch.mm

    def watched(left, right, *, out):
        strides.add(right.stride())
        return multiply(left, right, out=out)

    monkeypatch.setattr(torch, "mm", watched)
    assert measure_peak("float32") is not None
    assert all(stride[0] == 1 for stride in strides)


def test_a_product_that_torch_does_not_have_is_left_out():
    assert measure_peak("bool") is None
    assert measure_peak("no_such_type") is None


def meter(*seconds_of_passes: float, peak: float = 1000.0) -> LimitsMeter:
    """A machine that reads 400 MB in so many seconds, again and again."""
    return LimitsMeter(
        threads=2,
        cpus=(0, 1),
        kinds=("bfloat16", "int8"),
        cache_bytes=100 * MB,
        available_bytes=lambda: 100_000 * MB,
        native=lambda nbytes, huge: [s / 2 if huge else s for s in seconds_of_passes],
        peak=lambda kind: Peak(1024, [peak]) if kind == "bfloat16" else None,
    )


def test_what_the_engine_multiplies_in_has_a_peak_too():
    """A packed kernel may sum in float32, whatever the processor has instructions for."""
    known = meter(1.0, 1.0)
    assert known.with_kinds(["float32", "int8"]).kinds == ["bfloat16", "int8", "float32"]
    assert known.kinds == ("bfloat16", "int8")


def test_the_limits_are_told_as_they_were_read():
    """The first pass, which finds cold caches, is dropped; the median of the others stands."""
    taken = meter(9.0, 0.01, 0.02, 0.04).measure("before")
    assert taken.read_gb_per_s == pytest.approx(400 * MB / 0.02 / GB)
    assert taken.read_huge_pages_gb_per_s == pytest.approx(2 * 400 * MB / 0.02 / GB)
    assert len(taken.read_samples_gb_per_s) == 3
    assert (taken.read_how, taken.array_mb, taken.array_factor) == ("native", 400, 4.0)
    assert (taken.threads, taken.cpus, taken.cache_mb) == (2, [0, 1], 100)
    assert (taken.peaks_gops, taken.matrix_sizes) == ({"bfloat16": 1000.0}, {"bfloat16": 1024})


def test_a_run_tells_what_its_stages_moved_and_what_the_machine_can(profiled):
    report = read_report(profiled.body)
    assert report.roofline is not None
    assert [reading.taken for reading in report.roofline.limits] == ["before", "after"]
    assert all(reading.threads == 1 for reading in report.roofline.limits)
    assert report.roofline.read_gb_per_s
    assert report.roofline.peaks_gops["bfloat16"] > 0
    decode = report.roofline.stage("decode")
    assert (decode.forwards, decode.arithmetic) == (3, "bfloat16")
    assert decode.bytes > 3 * 8 * decode.ternary_weights
    assert decode.ideal_2bit_bytes == 3 * decode.ternary_weights // 4
    assert decode.verdict is not None
    assert not [c for c in report.quality.caveats if "faster-than-limit" in c.code]


@pytest.fixture(scope="module")
def report(profiled):
    return read_report(profiled.body)


def with_limits(report, *limits):
    from bitnet_report.bounds import roofline

    made = roofline(limits, report.roofline.stages, report.stage_profiles, report.freq_normalization)
    return report.model_copy(update={"roofline": made, "quality": Quality()})


def test_a_machine_that_moved_between_before_and_after_is_told(report):
    """METHOD's two minutes: 47 GB/s and 80 GB/s."""
    slow = meter(1, 400 * MB / 47e9, 400 * MB / 47e9)
    fast = meter(1, 400 * MB / 80e9, 400 * MB / 80e9)
    moved = with_limits(report, slow.measure("before"), fast.measure("after"))
    still = with_limits(report, slow.measure("before"), slow.measure("after"))
    assert [caveat.code for caveat in roofline_caveats(moved)] == ["limits-moved"]
    assert roofline_caveats(still) == []


def test_processes_that_met_different_limits_are_told_when_they_are_merged(report):
    slow = meter(1, 400 * MB / 47e9, 400 * MB / 47e9)
    fast = meter(1, 400 * MB / 80e9, 400 * MB / 80e9)
    first = with_limits(report, slow.measure("before"), slow.measure("after"))
    second = with_limits(report, fast.measure("before"), fast.measure("after"))
    merged = merge([first, second])
    assert len(merged.roofline.limits) == 4
    assert merged.roofline.read_gb_per_s == pytest.approx((47 + 80) / 2)
    assert [c.code for c in merged.quality.caveats].count("limits-moved") == 1
    assert read_report(merged.to_json()) == merged


def test_no_limits_leaves_the_counts(agent):
    from .conftest import SMALL

    ended = agent(*SMALL, "--repetitions", "1", "--quiet", "--json")
    roofline = read_report(ended.stdout).roofline
    assert roofline.limits == []
    assert roofline.stage("decode").bytes > 0
    assert roofline.stage("decode").verdict is None
