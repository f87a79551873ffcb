"""`bitnet-agent sweep`: every point once a round, in shuffled order, taken up where it stopped."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from bitnet_agent.machine.allocator import TUNED, is_tunable
from bitnet_report import Report, new_run_id, read_report

pytestmark = pytest.mark.agent

GOLDEN = Path(__file__).parent.parent / "golden" / "report-v1.json"


@pytest.fixture
def grid():
    from bitnet_agent.sweep.grid import Grid

    return Grid((32, 128), (8,), (0, 64), (1, 2), ("published", "quantized-once"), ("default",))


@pytest.fixture
def small():
    from bitnet_agent.sweep.grid import Grid

    return Grid((32, 64), (8,), (0,), (1,), ("published",), ("default",))


def scripted(plan) -> Report:
    """A run at that plan, without a model: the golden one with the plan's work and an id of its own."""
    report = read_report(GOLDEN.read_bytes())
    work = {
        "prompt_tokens": plan.prompt.tokens,
        "context_depth": plan.context_depth,
        "threads": plan.threads,
        "engine": plan.engine,
        "malloc": plan.malloc,
    }
    return report.model_copy(
        update={"run_id": new_run_id(), "workload": report.workload.model_copy(update=work)}
    )


def sweep(folder, grid, rounds: int, profile, seed: int = 1) -> list:
    from bitnet_agent.plan import Plan
    from bitnet_agent.sweep.folder import open_folder
    from bitnet_agent.sweep.order import turns
    from bitnet_agent.sweep.running import run_turns

    with open_folder(folder, grid, rounds, seed, Plan()) as opened:
        place = opened.place(len(grid.points()), rounds)
        return list(run_turns(opened, turns(grid.points(), rounds, seed), Plan(), place, profile))


class TestOrder:
    def test_every_point_comes_once_a_round(self, grid):
        from bitnet_agent.sweep.order import turns

        order = turns(grid.points(), 3, seed=7)
        assert len(grid.points()) == 16
        assert Counter(turn.point for turn in order) == Counter(grid.points() * 3)
        assert [turn.round for turn in order] == [1] * 16 + [2] * 16 + [3] * 16

    def test_each_round_has_another_order_and_the_same_seed_the_same(self, grid):
        from bitnet_agent.sweep.order import turns

        order = turns(grid.points(), 2, seed=7)
        first, second = ([t.point for t in order if t.round == n] for n in (1, 2))
        assert first != second
        assert first != grid.points()
        assert order == turns(grid.points()[::-1], 2, seed=7)
        assert order != turns(grid.points(), 2, seed=8)

    def test_a_value_that_stands_twice_is_one_point(self, small):
        from dataclasses import replace

        assert replace(small, threads=(2, 2)).points() == replace(small, threads=(2,)).points()


class TestRounds:
    def test_each_point_ends_as_one_report_of_all_its_rounds(self, tmp_path, small):
        sweep(tmp_path / "s", small, 2, scripted)

        reports = [read_report(path.read_bytes()) for path in sorted((tmp_path / "s").glob("p*.json"))]
        assert sorted(report.workload.prompt_tokens for report in reports) == [32, 64]
        places = {report.meta.sweep for report in reports}
        assert len(places) == 1
        (place,) = places
        assert (place.points, place.rounds) == (2, 2)
        one = len(scripted_decode())
        for report in reports:
            assert len(report.stage("decode").samples_ms) == 2 * one
            assert report.stage("decode").sample_groups == [one, one]
        assert len({report.run_id for report in reports}) == 2

    def test_taken_up_again_only_what_is_missing_is_run_and_nothing_that_is_done_changes(
        self, tmp_path, small
    ):
        runs = []

        def interrupted(plan):
            if len(runs) == 3:
                raise KeyboardInterrupt
            runs.append(plan)
            return scripted(plan)

        with pytest.raises(KeyboardInterrupt):
            sweep(tmp_path / "s", small, 2, interrupted)
        kept = {path: path.read_bytes() for path in (tmp_path / "s").rglob("*.json")}
        again = []
        done = sweep(tmp_path / "s", small, 2, lambda plan: again.append(plan) or scripted(plan))

        assert (len(runs), len(again)) == (3, 1)
        assert sum(turn.report is None for turn in done) == 3
        assert all(path.read_bytes() == content for path, content in kept.items())
        assert len(list((tmp_path / "s").glob("p*.json"))) == 2

    def test_a_finished_point_stays_the_same_bytes_however_often_it_is_taken_up(self, tmp_path, small):
        sweep(tmp_path / "s", small, 2, scripted)
        before = {path: path.read_bytes() for path in (tmp_path / "s").glob("p*.json")}
        sweep(tmp_path / "s", small, 2, lambda plan: pytest.fail("nothing is left to run"))
        assert {path: path.read_bytes() for path in (tmp_path / "s").glob("p*.json")} == before

    def test_a_point_that_cannot_be_run_leaves_the_others_and_is_tried_again(self, tmp_path, small):
        from bitnet_agent.errors import EnvironmentFaultError

        def without_memory(plan):
            if plan.prompt.tokens == 64:
                raise EnvironmentFaultError("too little memory", "close other programs")
            return scripted(plan)

        done = sweep(tmp_path / "s", small, 1, without_memory)
        assert sorted((turn.fault is not None) for turn in done) == [False, True]
        assert [path.name[:4] for path in (tmp_path / "s").glob("p*.json")] == ["p32-"]
        sweep(tmp_path / "s", small, 1, scripted)
        assert len(list((tmp_path / "s").glob("p*.json"))) == 2


class TestFolder:
    def test_another_sweep_in_the_folder_is_refused_and_what_differs_is_named(self, tmp_path, small):
        from dataclasses import replace

        from bitnet_agent.errors import UsageError

        sweep(tmp_path / "s", small, 1, scripted)
        with pytest.raises(UsageError, match="differs in grid, rounds"):
            sweep(tmp_path / "s", replace(small, threads=(2,)), 2, scripted)

    def test_a_folder_with_other_files_is_left_alone(self, tmp_path, small):
        from bitnet_agent.errors import UsageError

        (tmp_path / "thesis.txt").write_text("years of work")
        with pytest.raises(UsageError, match="holds other files"):
            sweep(tmp_path, small, 1, scripted)
        assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]

    def test_two_sweeps_in_one_folder_do_not_run_at_once(self, tmp_path, small):
        """Each would measure every point, beside the other, and the later report would replace the first."""
        from bitnet_agent.errors import UsageError

        def another_begins(plan):
            with pytest.raises(UsageError, match="another sweep works in"):
                sweep(tmp_path / "s", small, 1, lambda plan: pytest.fail("it ran"))
            return scripted(plan)

        done = sweep(tmp_path / "s", small, 1, another_begins)
        assert [turn.fault for turn in done] == [None, None]
        sweep(tmp_path / "s", small, 1, scripted)

    @pytest.mark.parametrize("content", ["", "{}", "[1]", '{"sweep_id": 5'])
    def test_a_damaged_plan_is_named(self, tmp_path, small, content):
        from bitnet_agent.errors import AgentError

        (tmp_path / "sweep.json").write_text(content)
        with pytest.raises(AgentError, match=r"sweep\.json|another sweep"):
            sweep(tmp_path, small, 1, scripted)

    def test_a_damaged_report_is_named_with_the_remedy(self, tmp_path, small):
        from bitnet_agent.errors import EnvironmentFaultError

        sweep(tmp_path / "s", small, 1, scripted)
        damaged = next((tmp_path / "s").glob("p*.json"))
        damaged.write_text("{")
        with pytest.raises(EnvironmentFaultError) as raised:
            sweep(tmp_path / "s", small, 1, scripted)
        assert "remove it" in raised.value.remedy


class TestTable:
    @pytest.mark.parametrize(
        ("language", "same"),
        [("en", "the same at every point: Decode 8, Depth 0, "), ("zh", "各测点相同：Decode 8，")],
    )
    def test_eighty_columns_show_what_was_varied_and_every_figure_whole(self, language, same, small):
        from rich.console import Console

        from bitnet_agent.plan import Plan
        from bitnet_agent.screen.sweep import SweepScreen

        console = Console(width=80, record=True, file=io.StringIO())
        reports = [scripted(point.plan(Plan())) for point in small.points()]
        SweepScreen(console, language, quiet=False).table(reports)
        shown = console.export_text()
        assert "…" not in shown
        assert "Prompt" in shown
        assert same in shown
        assert "engine published" in shown.lower() or "引擎 published" in shown

    def test_all_axes_at_once_still_fit(self, grid):
        from rich.console import Console

        from bitnet_agent.plan import Plan
        from bitnet_agent.screen.sweep import SweepScreen

        console = Console(width=120, record=True, file=io.StringIO())
        SweepScreen(console, "en", quiet=False).table(
            [scripted(point.plan(Plan())) for point in grid.points()]
        )
        assert "…" not in console.export_text()


class TestCommand:
    def test_a_real_sweep_measures_each_point_and_a_second_call_has_nothing_left_to_do(
        self, agent, tmp_path, tiny
    ):
        arguments = (
            "sweep", "--model", str(tiny), "--prompt-tokens", "16", "--decode-tokens", "4",
            "--context-depth", "0,32", "--threads", "1", "--rounds", "1", "--quick", "--lang", "en",
            "--out", str(tmp_path / "s"),
        )  # fmt: skip
        ended = agent(*arguments)
        said = ended.stderr.decode()
        assert ended.returncode == 0, said
        reports = [read_report(path.read_bytes()) for path in (tmp_path / "s").glob("p*.json")]
        assert sorted(report.workload.context_depth for report in reports) == [0, 32]
        assert len({report.workload.prompt_sha256 for report in reports}) == 1
        assert len({report.workload.generated_sha256 for report in reports}) == 2
        assert "2 points, 1 rounds" in said
        assert said.count("ms/token") >= 2
        before = [report.run_id for report in reports]

        again = agent(*arguments)
        assert again.returncode == 0
        assert again.stderr.decode().count("done before") == 2
        assert [read_report(p.read_bytes()).run_id for p in (tmp_path / "s").glob("p*.json")] == before

    def test_a_point_beyond_the_models_positions_is_told_before_the_first_run(self, here, tmp_path, tiny):
        positions = json.loads((Path(tiny) / "config.json").read_text())["max_position_embeddings"]
        ended = here(
            "sweep", "--model", str(tiny), "--prompt-tokens", f"16,{positions}", "--out", str(tmp_path / "s"),
            "--lang", "en",
        )  # fmt: skip
        assert ended.code == 2
        assert "positions" in ended.err
        assert not (tmp_path / "s").exists()

    @pytest.mark.skipif(not is_tunable(), reason="needs Linux with glibc")
    @pytest.mark.parametrize(
        ("environment", "said"),
        [({"MALLOC_ARENA_MAX": "1"}, "already chooses the allocator"), (TUNED, "no point would be default")],
    )
    def test_an_environment_that_leaves_no_choice_of_allocator_is_told_before_the_first_run(
        self, here, tmp_path, monkeypatch, environment, said
    ):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        ended = here("sweep", "--malloc", "default,tuned", "--out", str(tmp_path / "s"), "--lang", "en")
        assert ended.code == 2
        assert said in ended.err
        assert not (tmp_path / "s").exists()

    @pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
    def test_a_killed_sweep_leaves_no_measurement_behind_and_is_taken_up_again(self, agent, tmp_path, tiny):
        arguments = (
            "sweep", "--model", str(tiny), "--prompt-tokens", "4", "--decode-tokens", "2,3", "--threads", "1",
            "--rounds", "1", "--quick", "--lang", "en", "--out", str(tmp_path / "s"),
        )  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-m", "bitnet_agent", *arguments], stderr=subprocess.PIPE, text=True
        )
        while "[1/2]" not in process.stderr.readline():  # the second point is next
            assert process.poll() is None
        sweeping = psutil.Process(process.pid)

        def measures(child: psutil.Process) -> bool:
            with suppress(psutil.Error):  # the first point's process may be ending just now
                return "spawn_main" in " ".join(child.cmdline())
            return False

        while not any(measures(child) for child in sweeping.children()):
            assert process.poll() is None
        children = sweeping.children(recursive=True)
        process.kill()
        process.communicate()
        assert psutil.wait_procs(children, timeout=60)[1] == []

        again = agent(*arguments)
        assert again.returncode == 0, again.stderr.decode()
        assert again.stderr.decode().count("done before") == 1
        assert len([*(tmp_path / "s").glob("p*.json")]) == 2

    @pytest.mark.parametrize(
        ("option", "value"),
        [
            ("--threads", "1,none"),
            ("--prompt-tokens", ","),
            ("--malloc", "mine"),
            ("--engine", "published,warp"),
        ],
    )
    def test_a_value_that_cannot_be_meant_is_refused(self, here, option, value):
        ended = here("sweep", option, value)
        assert ended.code == 2
        assert option in ended.err


def scripted_decode() -> list[float]:
    return read_report(GOLDEN.read_bytes()).stage("decode").samples_ms
