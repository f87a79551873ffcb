"""Reports as an agent would write them: derived figures are right, and every part is open to change."""

from __future__ import annotations

import hashlib
from datetime import datetime, timezone
from typing import Any

from bitnet_report import (
    Allocation,
    Caveat,
    CpuInfo,
    Environment,
    Meta,
    Quality,
    Report,
    SweepPlace,
    Warmup,
    WarmupStep,
    Workload,
    frequency_normalization,
    new_run_id,
    stage_allocation,
    stage_profile,
    summarize,
)

PUBLISHED = "microsoft/bitnet-b1.58-2B-4T-bf16"
START = datetime(2026, 3, 1, 8, 0, 0, tzinfo=timezone.utc)


def digest(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()


def make_report(
    member: str | None = "WJ",
    *,
    prefill_ms: float = 1000.0,
    decode_ms_per_token: float = 500.0,
    clock_mhz: float | None = 2400.0,
    reference_mhz: float = 3000.0,
    base_mhz: float | None = 2400.0,
    decode_tokens: int = 4,
    peak_mb: float = 5000.0,
    measured_at: datetime = START,
    run_id: str | None = None,
    model: str = PUBLISHED,
    weights: str = "published",
    grade: str | None = "A",
    caveats: tuple[Caveat, ...] = (),
    note: str | None = None,
    cpu: str = "AMD EPYC 9555 64-Core Processor",
    clock_source: str | None = "dependent chain",
    generated: str | None = "the tokens",
    **workload: Any,
) -> Report:
    frequency = frequency_normalization(clock_mhz, reference_mhz, clock_source)
    step = decode_ms_per_token
    steps = [[step * f for f in (1.2, 0.9, 0.95, 0.95)], [step] * 4, [step * f for f in (1.1, 1.0, 0.9, 1.0)]]
    if decode_tokens != 4:
        steps = [[step] * decode_tokens] * 3
    stages = [
        stage_profile("load_tokenizer", [412.5], frequency, memory_before_mb=300.0, memory_after_mb=338.0),
        stage_profile(
            "load_model",
            [8300.0],
            frequency,
            memory_before_mb=338.0,
            memory_after_mb=4990.0,
            memory_peak_mb=peak_mb - 50,
            memory_peak_source="VmHWM",
        ),
        stage_profile("tokenization", [0.21, 0.2, 0.19], frequency, tokens=128),
        stage_profile(
            "prefill",
            [prefill_ms * 1.01, prefill_ms, prefill_ms * 0.99],
            frequency,
            tokens=128,
            memory_before_mb=4990.0,
            memory_after_mb=5011.0,
            memory_peak_mb=peak_mb,
            memory_peak_source="VmHWM",
        ),
        stage_profile("decode", [sum(s) for s in steps], frequency, tokens=decode_tokens, steps_ms=steps),
        stage_profile("detokenization", [0.05], frequency),
    ]
    work = {
        "model_sha256": digest(model + weights),
        "prompt_sha256": digest("the prompt"),
        "prompt_tokens": 128,
        "decode_tokens": decode_tokens,
        "dtype": "bfloat16",
        "threads": 2,
        "repetitions": 3,
        "suite_version": 1,
        "generated_sha256": digest(generated) if generated else None,
        **workload,
    }
    return Report(
        run_id=run_id or new_run_id(),
        member=member,
        meta=Meta(
            model_name=model,
            weights=weights,
            timestamp=measured_at.isoformat(),
            reference_freq_mhz=reference_mhz,
            agent_version="0.1.0",
            note=note,
        ),
        workload=Workload(**work),
        cpu_info=CpuInfo(
            brand=cpu,
            arch="x86_64",
            cores_physical=2,
            cores_logical=2,
            freq_base_mhz=base_mhz,
            clock_mhz=clock_mhz,
            clock_source=clock_source,
            isa=["avx2", "avx512f", "avx512_bf16"],
        ),
        environment=Environment(
            os="Debian GNU/Linux 12",
            python="3.11.7",
            torch="2.13.0",
            threads={"torch": 2, "omp": None},
            load_before=[0.1, 0.2, 0.2],
        ),
        freq_normalization=frequency,
        stage_profiles=stages,
        decode_steps_ms=steps,
        warmup=Warmup(
            first_call_ms=22800.0,
            steps=[
                WarmupStep(prefill_ms=6600.0, decode_ms=2100.0),
                WarmupStep(prefill_ms=1010.0, decode_ms=2010.0),
            ],
            steady=True,
            compile={"cache": "cold", "compile_ms": 21000.0},
        ),
        quality=Quality(grade=grade, caveats=list(caveats)),
        summary=summarize(stages),
    )


def version_0(member: str = "LCJ", **more: Any) -> dict[str, Any]:
    """What the brief's original script wrote, with what `bitnet-agent push` puts beside it."""
    return {
        "run_id": new_run_id(),
        "member": member,
        "meta": {"model_name": PUBLISHED, "timestamp": "2026-02-01T10:00:00", "reference_freq_mhz": 3000},
        "cpu_info": {"brand": "Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz", "freq_base_mhz": 1600},
        "freq_normalization": {"actual_freq_mhz": 1600, "scale_factor": 0.533},
        "stage_profiles": [
            {"name": "Prefill (首次前向)", "duration_ms": 4000.0},
            {"name": "Decode (逐token生成)", "duration_ms": 9000.0},
        ],
        "summary": {"total_time_ms": 13000.0, "peak_memory_mb": 5200.0},
        **more,
    }


def with_sweep(report: Report, sweep_id: str) -> Report:
    """The report as a point of a sweep."""
    place = SweepPlace(sweep_id=sweep_id, points=3, rounds=1)
    return report.model_copy(update={"meta": report.meta.model_copy(update={"sweep": place})})


def with_allocation(
    report: Report,
    *,
    faults: int = 200_000,
    cost_ns: float | None = 1000.0,
    malloc: str = "default",
    decode: str = "decode",
) -> Report:
    """The report with so many faults a token, 90 large temporaries, and 100 of 400 ms in the kernel."""
    stages = [
        stage_allocation(
            name,
            forwards=forwards,
            tokens=tokens,
            minor_faults=counted * forwards,
            fault_cost_ns=cost_ns,
            large_temporaries=90,
            large_temporaries_mb=3037.5,
            user_cpu_ms=300.0 * forwards,
            system_cpu_ms=100.0 * forwards,
        )
        for name, forwards, tokens, counted in (("prefill", 1, 128, 2), (decode, 4, 1, faults))
    ]
    allocation = Allocation(
        faults_source="getrusage",
        fault_cost_ns=cost_ns,
        fault_cost_source=None if cost_ns is None else "mmap-probe",
        temporaries_source="torch-profiler",
        large_bytes=2**25,
        stages=stages,
    )
    workload = report.workload.model_copy(update={"malloc": malloc})
    return report.model_copy(update={"allocation": allocation, "workload": workload})
