"""The operator split of a whole run: in the report, in the terminal, as CSV and as a trace."""

from __future__ import annotations

import csv
import getpass
import io
import json
import socket
from pathlib import Path

import pytest

from bitnet_agent.cli import main
from bitnet_report import StageOperators, read_report

pytestmark = pytest.mark.agent

GOLDEN = Path(__file__).parent.parent / "golden" / "report-v1.json"
SMALL = [
    "--model",
    "stand-in:tiny",
    "--prompt-tokens",
    "16",
    "--decode-tokens",
    "3",
    "--threads",
    "1",
    "--quick",
]


@pytest.fixture(scope="module")
def splits(profiled) -> dict[str, StageOperators]:
    return {split.stage: split for split in read_report(profiled.body).operators}


def test_prefill_and_decode_are_taken_apart_by_default(splits, profiled):
    assert list(splits) == ["prefill", "decode"]
    assert (splits["prefill"].forwards, splits["prefill"].tokens) == (1, 16)
    assert (splits["decode"].forwards, splits["decode"].tokens) == (3, 1)
    assert all(split.tokens_agree for split in splits.values())
    stages = {stage["name"]: stage for stage in profiled.document["stage_profiles"]}
    assert splits["prefill"].timed_ms == stages["prefill"]["duration_ms"]
    assert splits["decode"].timed_ms == stages["decode"]["ms_per_token"]


def test_operations_and_bytes_are_those_of_the_model(splits, model):
    for split in splits.values():
        assert len(split.modules) == 7 * model.config.num_hidden_layers
        for row in split.modules:
            outputs, inputs = model.get_submodule(row.name).weight.shape
            assert row.operations == 2 * split.tokens * inputs * outputs
            # bfloat16: the weight is read twice and written once to quantise it, and read for the product
            assert row.bytes >= 8 * inputs * outputs
            assert row.bytes <= 8 * inputs * outputs + 10 * split.tokens * (inputs + outputs)
            assert row.gops == pytest.approx(row.operations / row.ms / 1e6)


def test_the_terminal_tells_where_the_time_goes(profiled):
    said = profiled.stderr
    assert "Where the time goes" in said
    assert "quantising weights" in said
    assert "pass of its own" in said
    assert said.index("Detokenization") < said.index("Where the time goes")


def shown(capsysbinary, *arguments):
    assert main(["operators", *arguments]) == 0
    return capsysbinary.readouterr().out.decode()


def test_the_tables_of_a_report(profiled, capsysbinary):
    english = shown(capsysbinary, str(profiled.file), "--lang", "en")
    assert "Where the time goes" in english
    for projection in ("q_proj", "down_proj"):
        assert english.count(projection) == 2  # prefill and decode
    chinese = shown(capsysbinary, str(profiled.file), "--lang", "zh")
    assert "时间花在哪里" in chinese
    assert "权重量化" in chinese


def test_csv_has_every_kind_and_module_and_adds_up(profiled, splits, capsysbinary):
    rows = list(csv.DictReader(io.StringIO(shown(capsysbinary, str(profiled.file), "--csv"))))
    for split in splits.values():
        own = [row for row in rows if row["stage"] == split.stage]
        whole = sum(float(row["ms"]) for row in own if row["level"] in ("kind", "remainder"))
        assert whole == pytest.approx(split.instrumented_ms)
        modules = [row for row in own if row["level"] == "module"]
        assert [row["name"] for row in modules] == [module.name for module in split.modules]
        assert (modules[-1]["layer"], modules[-1]["projection"]) == ("3", "down_proj")
        assert float(modules[-1]["gops"]) == split.modules[-1].gops


def test_json_is_what_the_report_holds(profiled, capsysbinary):
    assert json.loads(shown(capsysbinary, str(profiled.file), "--json")) == profiled.document["operators"]


def test_a_report_that_was_not_taken_apart_says_so(refused):
    assert "--operators" in refused(2, "operators", str(GOLDEN))


def test_a_trace_can_be_opened_and_gives_nothing_away(here, tmp_path):
    ended = here(*SMALL, "--trace", "traces/t.json", "--lang", "en")
    assert ended.code == 0, ended.err
    assert "perfetto" in ended.err
    body = (tmp_path / "traces" / "t.json").read_text()
    events = [event for event in json.loads(body)["traceEvents"] if event["ph"] == "X"]

    names = [event["name"] for event in events]
    assert names.count("prefill") == 1
    assert names.count("decode") == 3
    assert names.count("model.layers.0.mlp.down_proj") == 4
    assert {"weight-quantization", "attention", "rotary-kv"} <= {event["cat"] for event in events}
    assert [event["ts"] for event in events] == sorted(event["ts"] for event in events)
    open_until = []
    for event in events:  # each lies inside those that are open when it begins, as Perfetto wants it
        end = event["ts"] + event["dur"]
        while open_until and open_until[-1] <= event["ts"] + 0.002:
            open_until.pop()
        assert not open_until or end <= open_until[-1] + 0.002  # rounding to nanoseconds
        open_until.append(end)

    for secret in (str(tmp_path), str(Path.home()), socket.gethostname(), getpass.getuser()):
        assert secret not in body or len(secret) < 5
    report = read_report((tmp_path / "docs" / "inference_profile_report.json").read_bytes())
    assert json.loads(body)["otherData"]["run_id"] == report.run_id


def test_without_operators_there_are_none(here, tmp_path):
    ended = here(*SMALL, "--no-operators", "--lang", "en")
    assert ended.code == 0, ended.err
    assert "Where the time goes" not in ended.err
    assert json.loads((tmp_path / "docs" / "inference_profile_report.json").read_bytes())["operators"] == []


def test_a_trace_of_nothing_is_refused(refused):
    assert "--trace" in refused(2, *SMALL, "--trace", "t.json", "--no-operators")


def test_a_trace_that_cannot_be_written_is_refused_before_the_run(refused, tmp_path):
    (tmp_path / "folder").mkdir()
    assert "--trace" in refused(4, *SMALL, "--trace", "folder")
    assert not (tmp_path / "docs" / "inference_profile_report.json").exists()
