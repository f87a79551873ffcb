"""Reports that must load for ever, and one with every derived figure that today's agent writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bitnet_report import (
    CpuInfo,
    Meta,
    Report,
    Warmup,
    WarmupStep,
    Workload,
    frequency_normalization,
    stage_profile,
    summarize,
)

GOLDEN = Path(__file__).parent.parent / "golden"
RUN_ID = "01a20bb6-de44-73a6-80c1-69dbdd5c0815"


@pytest.fixture
def golden_v1() -> bytes:
    return (GOLDEN / "report-v1.json").read_bytes()


@pytest.fixture
def golden_whole() -> bytes:
    """A run with operators, roofline, allocation, a context and `--malloc tuned`, as 0.1.0 wrote it."""
    return (GOLDEN / "report-v1-whole.json").read_bytes()


@pytest.fixture
def document(golden_v1) -> dict:
    """The golden version 1, parsed, to be changed by the test."""
    return json.loads(golden_v1)


@pytest.fixture
def old_document() -> dict:
    """The golden version 0 as `bitnet-agent push` sends it."""
    return json.loads((GOLDEN / "report-v0.json").read_bytes()) | {"run_id": RUN_ID, "member": "LCJ"}


@pytest.fixture
def report() -> Report:
    """A report with round figures and everything that follows from them."""
    frequency = frequency_normalization(2400.0, 3000.0, "stated")
    steps = [[110.0, 90.0, 100.0, 100.0], [100.0, 100.0, 100.0, 110.0], [90.0, 90.0, 100.0, 110.0]]
    stages = [
        stage_profile("load_tokenizer", [500.0], frequency, memory_before_mb=300.0, memory_after_mb=340.0),
        stage_profile("load_model", [4000.0], frequency, memory_before_mb=340.0, memory_after_mb=5000.0),
        stage_profile("tokenization", [0.5, 0.5, 0.25], frequency, tokens=128),
        stage_profile(
            "prefill",
            [1010.0, 1000.0, 980.0],
            frequency,
            tokens=128,
            memory_before_mb=5000.0,
            memory_after_mb=4990.0,
            memory_peak_mb=5500.0,
            memory_peak_source="VmHWM",
        ),
        stage_profile("decode", [sum(step) for step in steps], frequency, tokens=4, steps_ms=steps),
        stage_profile("detokenization", [0.05, 0.04, 0.06], frequency, tokens=5),
    ]
    return Report(
        run_id=RUN_ID,
        member="WJ",
        meta=Meta(model_name="some/model", timestamp="2026-03-01T08:00:00+00:00", reference_freq_mhz=3000.0),
        workload=Workload(
            model_sha256="a" * 64,
            prompt_sha256="b" * 64,
            prompt_tokens=128,
            decode_tokens=4,
            dtype="bfloat16",
            threads=2,
            repetitions=3,
            suite_version=1,
            generated_sha256="c" * 64,
        ),
        cpu_info=CpuInfo(brand="a processor", clock_mhz=2400.0, clock_source="stated"),
        freq_normalization=frequency,
        stage_profiles=stages,
        decode_steps_ms=steps,
        warmup=Warmup(first_call_ms=9000.0, steps=[WarmupStep(prefill_ms=1000.0, decode_ms=400.0)]),
        summary=summarize(stages),
    )
