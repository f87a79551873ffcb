"""Whole runs with something wrong in them: each must say by itself what it was."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bitnet_agent.machine.allocator import is_tunable
from bitnet_report import read_report

pytestmark = pytest.mark.agent

RUN = [  # the first three name the model and measure no limits
    "--no-limits",
    "--model",
    "stand-in:tiny",
    "--prompt-tokens",
    "16",
    "--quiet",
    "--json",
    "--lang",
    "en",
]


def codes(stdout: bytes) -> set[str]:
    return {caveat.code for caveat in read_report(stdout).quality.caveats}


@contextmanager
def load_generators(count: int) -> Iterator[None]:
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def test_a_run_beside_a_load_generator_says_so_and_is_no_better_than_c(profiled, agent):
    assert profiled.code == 0  # it has compiled what is needed, for which the load would take minutes
    with load_generators(os.cpu_count() or 1):
        work = ["--decode-tokens", "16", "--repetitions", "3", "--threads", "1", "--no-operators"]
        ended = agent(*RUN, *work)
    assert ended.returncode == 0, ended.stderr
    report = read_report(ended.stdout)
    assert "other-load-heavy" in codes(ended.stdout)
    assert report.quality.grade in ("C", "invalid")
    assert report.interference is not None
    assert report.interference.other_cores is not None
    assert report.interference.other_cores > 0.25


def test_cold_and_warm_compiler_differ_in_the_first_call_and_not_in_the_steady_figure(agent, tmp_path):
    work = [*RUN, "--decode-tokens", "32", "--quick", "--threads", "1", "--no-operators"]
    runs = []
    for folder in ("one", "one", "other", "other"):
        ended = agent(*work, TORCHINDUCTOR_CACHE_DIR=str(tmp_path / folder))
        assert ended.returncode == 0, ended.stderr
        runs.append(read_report(ended.stdout))

    ledgers = [report.warmup.compile for report in runs]
    assert [ledger.cache for ledger in ledgers if ledger] == ["cold", "warm"] * 2
    assert all(ledger.compilations for ledger in ledgers if ledger)
    # The least of two, taken in turns: when the machine is slow for a while, it is so for one of them.
    first_ms = [min(report.warmup.first_call_ms for report in runs[kind::2]) for kind in (0, 1)]
    assert first_ms[0] > 3 * first_ms[1]
    # The compiler would make it a hundred times slower; the machine's noise does not reach a factor of two.
    steady = [
        min(report.stage("decode").step_statistics.minimum for report in runs[kind::2]) for kind in (0, 1)
    ]
    assert max(steady) < 2 * min(steady)
    for report in runs:
        assert report.warmup.steps[-1].compilations == 0
        assert "compiled-while-measuring" not in {caveat.code for caveat in report.quality.caveats}


def test_a_kernel_that_returns_nonsense_makes_the_run_invalid(tmp_path, monkeypatch, here):
    """The fault: from the third forward on, a layer gives NaN, at no cost in time."""
    import torch

    from bitnet_agent.measurement import loading

    load_model = loading.load_model

    def with_a_fault(*arguments):
        model = load_model(*arguments)
        model.model.norm.register_forward_hook(lambda _m, _i, output: torch.full_like(output, float("nan")))
        return model

    monkeypatch.setattr(loading, "load_model", with_a_fault)
    ended = here(
        "--model", "stand-in:tiny", "--prompt-tokens", "16", "--decode-tokens", "3", "--threads", "1",
        "--no-limits", "--lang", "en",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    report = read_report((tmp_path / "docs" / "inference_profile_report.json").read_bytes())
    assert report.quality.grade == "invalid"
    assert report.quality.caveats[0].code == "logits-not-finite"
    assert report.quality.caveats[0].values == {"bad": 4, "forwards": 4}
    assert "Invalid" in ended.err
    assert "4 of 4 forwards" in ended.err


def test_a_budget_shortens_the_run_and_says_so(agent):
    work = [*RUN, "--decode-tokens", "4000", "--threads", "1", "--budget", "10s"]
    ended = agent(*work)
    assert ended.returncode == 0, ended.stderr
    report = read_report(ended.stdout)
    assert report.meta.budget_s == 10
    assert report.workload.decode_tokens < 4000
    assert report.workload.decode_tokens == len(report.decode_steps_ms[0])
    assert "cut-by-budget" in codes(ended.stdout)


def test_a_quick_run_measures_once_and_is_flagged(agent):
    ended = agent(*RUN, "--decode-tokens", "3", "--quick", "--threads", "1")
    report = read_report(ended.stdout)
    assert report.workload.repetitions == 1
    assert len(report.warmup.steps) == 2
    assert {"quick", "few-repetitions"} <= codes(ended.stdout)
    assert report.quality.grade in ("B", "C")


def test_a_rigorous_run_draws_from_several_fresh_processes(agent, tmp_path):
    work = ["--decode-tokens", "3", "--repetitions", "2", "--threads", "1"]
    ended = agent(*RUN, *work, "--rigorous", "--trace", "t.json")
    assert ended.returncode == 0, ended.stderr
    report = read_report(ended.stdout)
    assert report.meta.effort == "rigorous"
    assert report.workload.repetitions == 6
    for stage in report.stage_profiles:
        expected = [1, 1, 1] if stage.name.startswith("load_") else [2, 2, 2]
        assert stage.sample_groups == expected
        assert len(stage.samples_ms) == sum(expected)
    assert len(report.warmup.first_calls_ms) == 3
    assert len(report.decode_steps_ms) == 6
    # The first one is taken apart, and held against the times of all.
    assert [(split.stage, split.forwards) for split in report.operators] == [("prefill", 1), ("decode", 3)]
    assert report.operators[0].timed_ms == report.stage("prefill").duration_ms
    assert json.loads((tmp_path / "t.json").read_bytes())["otherData"]["run_id"] == report.run_id


def test_a_fault_in_a_fresh_process_is_one_clear_sentence(agent, clear):
    ended = agent("--model", "stand-in:tiny", "--prompt", "word", "--prompt-tokens", "50", "--rigorous")
    assert ended.returncode == 2
    assert "--prompt-tokens asks for 50" in clear(ended.stderr.decode())


def test_a_compiler_that_answers_but_cannot_compile_is_found_before_the_run(agent, clear, tmp_path):
    broken = tmp_path / "c++"
    broken.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && { echo "broken 1.0"; exit 0; }\necho "error: no" >&2\nexit 1\n'
    )
    broken.chmod(0o755)
    ended = agent(*RUN[:3], "--lang", "en", CXX=str(broken))
    assert ended.returncode == 4
    assert "cannot compile" in clear(ended.stderr.decode())


def test_a_checkpoint_that_lacks_tensors_is_refused(agent, clear, tiny_copy):
    from safetensors.torch import load_file, save_file

    weights = tiny_copy / "model.safetensors"
    tensors = load_file(weights)
    del tensors["model.layers.1.mlp.up_proj.weight"]
    save_file(tensors, weights, metadata={"format": "pt"})
    ended = agent("--model", str(tiny_copy), "--lang", "en")
    assert ended.returncode == 3
    assert "lacks 1 of the model's tensors, model.layers.1.mlp.up_proj.weight" in clear(ended.stderr.decode())


def test_more_threads_than_could_mean_anything_are_refused(agent, clear):
    ended = agent(*RUN[:3], "--threads", "200000", "--lang", "en")
    assert ended.returncode == 2
    assert "200000 threads" in clear(ended.stderr.decode())


def test_the_overhead_command_prints_a_ratio_with_its_interval(agent):
    ended = agent(
        "overhead", "--model", "stand-in:tiny", "--pairs", "3", "--decode-tokens", "4", "--threads", "1",
        "--quiet", "--json",
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert len(found["ratios"]) == 3
    assert found["low"] <= found["ratio"] <= found["high"]
    assert 0 <= found["between_steps"] < 1
    assert (found["engine"], found["malloc"]) == ("published", "default")


@pytest.mark.skipif(not is_tunable(), reason="glibc's thresholds alone can be raised")
def test_the_overhead_of_a_fast_engine_with_memory_kept(agent):
    ended = agent(
        "overhead", "--model", "stand-in:tiny", "--pairs", "2", "--decode-tokens", "3", "--threads", "1",
        "--engine", "quantized-once", "--malloc", "tuned", "--quiet", "--lang", "en",
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.decode().startswith("engine quantized-once, allocator tuned, ")
