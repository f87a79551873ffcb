"""`bitnet-agent compare`: two runs from files or from a collector, as a table or as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bitnet_report import Comparison, compare, read_report, stage_operators, stage_profile, summarize

pytestmark = pytest.mark.agent

TESTS = Path(__file__).parent.parent
OLD = TESTS / "golden" / "report-v0.json"
NEW = TESTS / "golden" / "report-v1.json"
NEW_ID = "01a20bb6-de44-73a6-80c1-69dbdd5c0815"
OTHER_ID = "01a20bb6-de44-73a6-80c1-000000000000"


@pytest.fixture
def other(tmp_path) -> Path:
    """The same run, as a machine ten times as slow would have sent it, at another clock."""
    document = json.loads(NEW.read_bytes()) | {"run_id": OTHER_ID}
    for stage in document["stage_profiles"]:
        for key in ("duration_ms", "duration_normalized_ms", "ms_per_token"):
            stage[key] = stage[key] and stage[key] * 10
        stage["samples_ms"] = [sample * 10 for sample in stage["samples_ms"]]
    document["decode_steps_ms"] = [[step * 10 for step in steps] for steps in document["decode_steps_ms"]]
    for key, value in document["summary"].items():
        if value is not None and key.endswith(("_ms", "_ms_per_token")):
            document["summary"][key] = value * 10
    document["summary"]["decode_tokens_per_s"] /= 10
    document["environment"]["torch"] = "9.9.9"
    path = tmp_path / "other.json"
    path.write_text(json.dumps(document))
    return path


@pytest.fixture
def running(tmp_path, other):
    """A real collector that holds both runs."""
    pytest.importorskip("bitnet_collector.serve")
    sys.path.insert(0, str(TESTS / "collector"))
    from collector_server import Server

    server = Server(tmp_path / "runs.db")
    for path in (NEW, other):
        assert server.submit(path.read_bytes()).status_code == 201
    yield server
    server.stop()


class TestFiles:
    def test_the_table_is_the_result_and_goes_to_standard_output(self, here, other):
        ended = here("compare", str(NEW), str(other), "--lang", "en")
        assert (ended.code, ended.err) == (0, "")
        tokenizer = next(line for line in ended.out.splitlines() if "Load tokenizer" in line)
        assert tokenizer.split()[2:6] == ["502.6", "5,026", "1", "10.000"]
        assert tokenizer.rstrip().endswith("unsure: one sample")
        assert "torch: 2.13.0+cpu → 9.9.9" in ended.out
        assert "slower" in next(line for line in ended.out.splitlines() if "Tokenization" in line)
        # A repetition of that run was twenty times as slow as the others: even a factor of ten may be chance.
        assert "indistinguishable" in next(line for line in ended.out.splitlines() if "median step" in line)

    def test_it_tells_where_the_difference_lies_and_the_shares_sum_to_the_whole(self, here, other):
        ended = here("compare", str(NEW), str(other), "--lang", "en")
        where = ended.out[ended.out.index("Where the difference lies") :].splitlines()
        assert where[1].startswith("B's inference is 10.00× slower, ")
        assert "% Decode" in where[1]
        rows = [line.split() for line in where if line.rstrip().endswith("%")]
        parts, whole = rows[:-1], rows[-1]
        assert whole[0] == "Inference"
        assert sum(float(row[-2]) for row in parts) == pytest.approx(100, abs=0.2)
        assert sum(_number(row[-3]) for row in parts) == pytest.approx(_number(whole[-3]), abs=0.2)

    def test_a_difference_that_may_be_chance_is_said_to_be(self, here, other):
        # Tokenization is slower for certain, by microseconds; decode, the rest of the difference, is not.
        assert "may be chance" in here("compare", str(NEW), str(other), "--lang", "en").out
        document = json.loads(other.read_bytes())
        for stage in document["stage_profiles"]:
            stage["samples_ms"] = []
        document["decode_steps_ms"] = []
        other.write_text(json.dumps(document))
        assert "may be chance" in here("compare", str(NEW), str(other), "--lang", "en").out

    def test_the_operators_of_a_stage_are_named_where_both_runs_have_them(self, here, tmp_path):
        fast, slow = tmp_path / "fast.json", tmp_path / "slow.json"
        for path, engine, decode in (
            (slow, "published", {"weight-quantization": (7, 40.0), "bitlinear-matmul": (7, 12.0)}),
            (fast, "quantized-once", {"bitlinear-matmul": (7, 12.0)}),
        ):
            path.write_bytes(_with_operators(engine, decode, scale=1.0 if engine == "published" else 0.25))
        ended = here("compare", str(slow), str(fast), "--lang", "en")
        assert "engine: published → quantized-once" in ended.out
        assert "The same task by other means" in ended.out
        assert "Decode: quantising weights" in ended.out
        chinese = here("compare", str(slow), str(fast), "--lang", "zh")
        assert "Decode (逐token生成)：权重量化" in chinese.out

    def test_a_run_against_itself_leaves_no_difference_to_explain(self, here):
        ended = here("compare", str(NEW), str(NEW), "--lang", "en")
        assert "Where the difference lies" not in ended.out

    def test_in_chinese(self, here, other):
        ended = here("compare", str(other), str(NEW), "--lang", "zh")
        assert "更快" in ended.out
        assert "其他差异" in ended.out

    def test_as_json_it_is_what_the_library_says(self, here, other):
        ended = here("compare", str(NEW), str(other), "--json")
        said = Comparison.model_validate(json.loads(ended.out))
        assert said == compare(read_report(NEW.read_bytes()), read_report(other.read_bytes()))
        assert ended.err == ""

    def test_a_report_of_the_brief_s_script_is_read_and_not_compared(self, here):
        ended = here("compare", str(NEW), str(OLD), "--lang", "en")
        assert ended.code == 0
        assert "Not comparable: a report does not prove what work it did." in ended.out

    def test_markup_and_escapes_in_a_report_are_only_text(self, here, other, tmp_path):
        document = json.loads(other.read_bytes())
        document["cpu_info"]["brand"] = "[bold red]loud[/] [link=x]"
        document["environment"]["threads"] = {"k": "\x1b[31mred"}
        (tmp_path / "wild.json").write_text(json.dumps(document))
        ended = here("compare", str(NEW), "wild.json", "--lang", "en")
        assert ended.code == 0
        assert "[bold red]loud[/]" in ended.out
        assert "\x1b" not in ended.out


class TestBadInput:
    @pytest.mark.parametrize(
        ("words", "sentence", "remedy"),
        [
            (["nowhere.json"], "nowhere.json cannot be read", "give the file that bitnet-agent wrote"),
            (["text.json"], "text.json is no report", "give the file that bitnet-agent"),
            (["empty.json"], "empty.json is no report", "give the file that bitnet-agent"),
            ([OTHER_ID], "is the id of a run, and no collector is named", "--collector http"),
            ([OTHER_ID, "--collector", "ftp://x"], "is no collector's address", "--collector http"),
        ],
    )
    def test_ends_with_one_sentence_and_a_remedy(self, here, clear, tmp_path, words, sentence, remedy):
        (tmp_path / "text.json").write_text("no JSON")
        (tmp_path / "empty.json").write_text("{}")
        ended = here("compare", str(NEW), *words, "--lang", "en")
        said = clear(ended.err)
        assert (ended.code, ended.out) == (2, "")
        assert sentence in said
        assert remedy in said
        assert "Traceback" not in said

    def test_one_run_alone_is_no_comparison(self, here):
        assert here("compare", str(NEW)).code == 2

    def test_a_collector_that_is_down(self, here, clear):
        ended = here("compare", str(NEW), OTHER_ID, "--collector", "http://127.0.0.1:9", "--lang", "en")
        assert ended.code == 5
        assert "cannot be reached" in clear(ended.err)


@pytest.mark.collector
class TestCollector:
    def test_runs_by_id_give_what_the_files_and_the_collector_give(self, here, running, other):
        ended = here("compare", NEW_ID, OTHER_ID.upper(), "--collector", running.url, "--json")
        assert ended.code == 0
        assert json.loads(ended.out) == json.loads(here("compare", str(NEW), str(other), "--json").out)
        assert json.loads(ended.out) == running.client.get(f"/compare.json?a={NEW_ID}&b={OTHER_ID}").json()

    def test_a_file_against_a_run(self, here, running):
        ended = here("compare", str(NEW), NEW_ID, "--collector", running.url, "--lang", "en")
        assert ended.code == 0
        assert "indistinguishable" in ended.out

    def test_a_run_that_is_not_there(self, here, clear, running):
        unknown = OTHER_ID.replace("8", "7")
        ended = here("compare", NEW_ID, unknown, "--collector", running.url, "--lang", "en")
        assert ended.code == 2
        assert f"has no run {unknown}" in clear(ended.err)


def _with_operators(engine: str, kinds: dict[str, tuple[int, float]], scale: float) -> bytes:
    """The golden run with its decode's times scaled and split, by another engine."""
    report = read_report(NEW.read_bytes())
    steps = [[step * scale for step in steps] for steps in report.decode_steps_ms]
    stages = [
        stage
        if stage.name != "decode"
        else stage_profile(
            "decode",
            [sum(step) for step in steps],
            report.freq_normalization,
            tokens=stage.tokens,
            clock_mhz=stage.clock_mhz,
            steps_ms=steps,
        )
        for stage in report.stage_profiles
    ]
    timed = next(stage.ms_per_token for stage in stages if stage.name == "decode")
    split = stage_operators(
        "decode", forwards=8, tokens=1, timed_ms=timed, instrumented_ms=60.0 * scale, kinds=kinds
    )
    return report.model_copy(
        update={
            "run_id": OTHER_ID if engine != "published" else NEW_ID,
            "workload": report.workload.model_copy(update={"engine": engine}),
            "stage_profiles": stages,
            "decode_steps_ms": steps,
            "operators": [split],
            "summary": summarize(stages),
        }
    ).to_json()


def _number(cell: str) -> float:
    return float(cell.replace(",", ""))
