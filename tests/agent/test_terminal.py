"""What is printed after a run: whole figures, each with its unit, its n and its bounds."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace

import pytest
from rich.console import Console

from bitnet_agent.measurement import compiling
from bitnet_agent.screen.terminal import print_report
from bitnet_report import Report, read_report, stage_profile, summarize

STEPS = [[40.0, 41.0, 42.0], [39.0, 40.0, 44.0], [40.0, 40.5, 41.0]]


@pytest.fixture(scope="module")
def report(profiled) -> Report:
    """A real run's report, with known times of prefill and decode."""
    written = read_report(profiled.body)
    stages = [
        stage_profile(
            stage.name,
            {"prefill": [820.5, 811.2, 1623.4], "decode": [sum(steps) for steps in STEPS]}.get(
                stage.name, stage.samples_ms
            ),
            written.freq_normalization,
            tokens=stage.tokens,
            steps_ms=STEPS if stage.name == "decode" else None,
            memory_before_mb=5012.0,
            memory_after_mb=5147.0,
            memory_peak_mb=15147.0,
        )
        for stage in written.stage_profiles
    ]
    meta = written.meta.model_copy(update={"budget_s": 600.0})
    return written.model_copy(update={"stage_profiles": stages, "summary": summarize(stages), "meta": meta})


def printed(report: Report, width: int, language="en") -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None, force_terminal=False)
    print_report(console, report, language)
    return console.file.getvalue()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 200])
def test_no_figure_is_cut_in_a_terminal_of_any_width(report, width, language):
    said = printed(report, width, language)
    assert "…" not in said
    assert re.search(r"\b820\.5\b", said)
    assert re.search(r"\b15,147\b", said)


def test_the_table_stays_within_the_terminal_where_it_can(report):
    for width in (60, 80, 120):
        table = printed(report, width).split("Where the time goes")[0].rstrip().splitlines()
        assert max(map(len, table)) <= width
    assert "Before" in printed(report, 120)
    assert "Before" not in printed(report, 80)


def test_both_headline_figures_stand_with_bounds_and_n(report):
    said = " ".join(printed(report, 200).split())
    assert "prefill 820.5 ms (95 %: 811.2 to 1,623, n = 3)" in said
    decode = report.stage("decode")
    assert f"decode {decode.ms_per_token:.2f} ms a token (95 %: {decode.ms_per_token_low:.2f} to " in said
    assert "median single step 40.50 ms (n = 9)" in said
    assert "ms per" in said


def test_what_95_percent_comes_to_with_few_repetitions_is_said(report):
    said = " ".join(printed(report, 200).split())
    assert "with 3 repetitions" in said
    assert "75 times in 100, not 95" in said
    many = report.model_copy(
        update={
            "stage_profiles": [
                stage_profile(stage.name, [810.0 + i for i in range(8)], report.freq_normalization)
                for stage in report.stage_profiles
            ]
        }
    )
    assert "times in 100" not in printed(many, 200)


def test_one_thread_is_no_plural(report):
    for threads, said in ((1, "bfloat16, 1 thread, median"), (2, "bfloat16, 2 threads, median")):
        work = report.workload.model_copy(update={"threads": threads})
        assert said in printed(report.model_copy(update={"workload": work}), 200)


def test_several_processes_are_counted_with_what_each_repeated(report):
    assert "fresh processes" not in printed(report, 200)
    rigorous = report.model_copy(
        update={
            "stage_profiles": [
                stage_profile(stage.name, [810.0, 811.0, 812.0], report.freq_normalization, groups=[2, 1])
                for stage in report.stage_profiles
            ]
        }
    )
    assert "2 fresh processes, of 2 + 1 repetitions" in printed(rigorous, 200)


def test_a_budget_says_what_it_came_to(report):
    work = report.workload
    assert (
        f"planned for a budget of 600 s: {work.repetitions} repetitions of {work.decode_tokens} decode tokens"
        in printed(report, 200)
    )
    without = report.model_copy(update={"meta": report.meta.model_copy(update={"budget_s": None})})
    assert "planned for" not in printed(without, 200)


def test_what_is_small_is_not_printed_as_zero():
    from bitnet_agent.screen.roofline import _bytes

    assert [_bytes(17.4e9), _bytes(22_231_040), _bytes(589_824)] == ["17.40 GB", "22.2 MB", "0.59 MB"]


def test_why_torch_compiled_again_names_no_folder(monkeypatch):
    """Nothing that leaves the machine tells where the member keeps things."""
    metrics = SimpleNamespace(
        compile_id="0/1",
        co_name="forward",
        entire_frame_compile_time_s=0.5,
        recompile_reason="0/0: size mismatch  # w.abs() at /home/wj/.venv/transformers/bitnet.py:9 in f",
    )
    seen: list[SimpleNamespace] = []
    monkeypatch.setattr(compiling, "_metrics", lambda: seen)
    watch = compiling.CompileWatch()
    seen.append(metrics)
    watch.look(0)
    assert watch.compilations[0].recompile_reason == ("0/0: size mismatch  # w.abs() at bitnet.py:9 in f")
