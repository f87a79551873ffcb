"""One real run of the program on the tiny stand-in, and what it leaves."""

from __future__ import annotations

import getpass
import json
import os
import socket
from pathlib import Path
from statistics import median

import pytest

from bitnet_report import STAGES, hash_token_ids, is_known_work, read_report, workload_id

pytestmark = pytest.mark.agent


def test_it_ends_well_and_the_report_can_be_read(profiled):
    assert profiled.code == 0, profiled.stderr
    report = read_report(profiled.body)
    assert (report.member, report.meta.note) == ("WJ", "共享")
    assert report.schema_version == 1
    assert report.meta.weights == "stand-in"
    assert report.meta.model_name == "stand-in:tiny"
    assert is_known_work(report)


def test_the_report_lies_where_the_brief_wants_it_and_nothing_beside_it(profiled):
    assert profiled.file.parent.name == "docs"
    assert [*profiled.file.parent.iterdir()] == [profiled.file]
    assert [*profiled.file.parent.parent.iterdir()] == [profiled.file.parent]
    mask = os.umask(0)
    os.umask(mask)
    if os.name == "posix":
        assert profiled.file.stat().st_mode & 0o777 == 0o666 & ~mask  # as any file that a program writes


def test_json_on_standard_output_is_the_file_byte_for_byte_and_all_else_on_standard_error(profiled):
    assert profiled.stdout == profiled.body
    assert "Prefill" in profiled.stderr
    assert "Report written to docs" in profiled.stderr
    assert "Traceback" not in profiled.stderr
    assert "Warning" not in profiled.stderr


def test_six_stages_stand_in_order_with_time_and_memory(profiled):
    stages = profiled.document["stage_profiles"]
    assert tuple(stage["name"] for stage in stages) == STAGES
    for stage in stages:
        once = stage["name"].startswith("load_")
        assert len(stage["samples_ms"]) == (1 if once else 3)
        assert stage["duration_ms"] == median(stage["samples_ms"]) > 0
        assert stage["duration_normalized_ms"] > 0
        for key in ("memory_before_mb", "memory_after_mb", "memory_peak_mb"):
            assert 50 < stage[key] < 100_000
        assert stage["memory_delta_mb"] == stage["memory_after_mb"] - stage["memory_before_mb"]
        assert stage["memory_peak_mb"] >= max(stage["memory_before_mb"], stage["memory_after_mb"])
    assert [stage["tokens"] for stage in stages] == [None, None, 16, 16, 3, 4]


def test_loading_is_charged_with_the_weights_and_not_with_libraries(profiled):
    load = profiled.document["stage_profiles"][1]
    assert 6.5 <= load["memory_delta_mb"] < 60  # 6.5 MB of weights; importing torch's parts took 140


def test_every_steps_time_is_kept(profiled):
    steps = profiled.document["decode_steps_ms"]
    decode = profiled.document["stage_profiles"][4]
    assert [len(repetition) for repetition in steps] == [3, 3, 3]
    assert [sum(repetition) for repetition in steps] == pytest.approx(decode["samples_ms"])


def test_the_warm_up_is_told_apart(profiled):
    warmup = profiled.document["warmup"]
    assert 2 <= len(warmup["steps"]) <= 8
    assert warmup["first_call_ms"] == warmup["steps"][0]["prefill_ms"]
    assert warmup["first_call_ms"] not in profiled.document["stage_profiles"][3]["samples_ms"]


def test_the_work_is_described_and_proved(profiled, tokenizer):
    from bitnet_agent.checkpoint.prompting import prepare_prompt
    from bitnet_agent.plan import Prompt

    work = profiled.document["workload"]
    assert work["prompt_sha256"] == hash_token_ids(prepare_prompt(tokenizer, Prompt(None, 16)).ids)
    assert (work["prompt_tokens"], work["decode_tokens"], work["repetitions"]) == (16, 3, 3)
    assert (work["threads"], work["dtype"], work["batch_size"]) == (1, "bfloat16", 1)


def test_the_generated_tokens_are_those_of_transformers(profiled, model, tokenizer):
    import torch

    from bitnet_agent.checkpoint.prompting import prepare_prompt
    from bitnet_agent.plan import Prompt

    ids = torch.tensor([prepare_prompt(tokenizer, Prompt(None, 16)).ids])
    out = model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        do_sample=False,
        max_new_tokens=4,
        min_new_tokens=4,
        pad_token_id=0,
    )
    assert profiled.document["workload"]["generated_sha256"] == hash_token_ids(out[0, 16:].tolist())


def test_the_machine_is_described(profiled):
    document = profiled.document
    cpu = document["cpu_info"]
    assert cpu["brand"]
    assert cpu["clock_mhz"] == document["freq_normalization"]["actual_freq_mhz"]
    assert document["freq_normalization"]["scale_factor"] == pytest.approx(cpu["clock_mhz"] / 3000)
    assert document["environment"]["torch"].startswith("2.")
    assert document["environment"]["compiler"]
    assert document["environment"]["threads"]["torch"] == 1


def test_nothing_names_a_person_or_a_place(profiled):
    text = profiled.body.decode()
    for secret in (socket.gethostname(), str(Path.home()), str(Path.cwd()), str(profiled.file.parent.parent)):
        assert secret not in text
    user = getpass.getuser()
    assert f'"{user}"' not in text
    assert f"/{user}/" not in text
    assert "/tmp" not in text
    assert "/home" not in text


def test_another_run_does_the_same_work_under_another_id(profiled, agent, tmp_path):
    arguments = [word for word in profiled.arguments if word not in ("--json", "--note", "共享")]
    arguments += ["--quiet", "--threads", "2", "--repetitions", "1", "--output", "deep/er/two.json"]
    ended = agent(*arguments)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")  # --quiet

    first, second = read_report(profiled.body), read_report((tmp_path / "deep/er/two.json").read_bytes())
    assert second.run_id > first.run_id
    assert workload_id(second) == workload_id(first)
    for key in ("model_sha256", "prompt_sha256", "generated_sha256"):
        assert getattr(second.workload, key) == getattr(first.workload, key)


def test_the_options_show_in_the_report(here, tmp_path):
    ended = here(
        "--model", "stand-in:tiny", "--prompt", "你好，世界", "--decode-tokens", "2", "--repetitions", "1",
        "--threads", "1", "--dtype", "float32", "--reference-mhz", "2000", "--clock-mhz", "4000",
        "--output", "one.json", "--lang", "en",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    report = read_report((tmp_path / "one.json").read_bytes())
    assert (report.workload.dtype, report.workload.repetitions, report.member) == ("float32", 1, None)
    assert report.freq_normalization.scale_factor == 2.0
    assert report.freq_normalization.source == report.cpu_info.clock_source == "stated"
    for stage in report.stage_profiles:
        assert stage.duration_normalized_ms == pytest.approx(2 * stage.duration_ms)


def test_a_checkpoint_in_a_directory_is_called_by_its_last_name_only(here, tiny_copy, tmp_path):
    config = json.loads((tiny_copy / "config.json").read_bytes())
    del config["bitnet_stand_in"]
    (tiny_copy / "config.json").write_text(json.dumps(config))
    ended = here(
        "--model", str(tiny_copy), "--prompt-tokens", "8", "--decode-tokens", "2", "--repetitions", "1",
        "--threads", "1", "--output", "local.json", "--quiet",
    )  # fmt: skip
    assert (ended.code, ended.err) == (0, "")
    body = (tmp_path / "local.json").read_bytes()
    report = read_report(body)
    assert (report.meta.model_name, report.meta.weights) == ("local:copy", "local")
    assert str(tmp_path).encode() not in body


@pytest.mark.parametrize(("chosen", "word"), [("zh", "逐token生成"), ("en", "Load tokenizer")])
def test_the_table_in_both_languages(profiled, chosen, word, capsys):
    from bitnet_agent.screen.terminal import console, print_report

    print_report(console(), read_report(profiled.body), chosen)
    said = capsys.readouterr().err
    assert word in said
    assert "\n" in said
    assert ("归一化" in said) == (chosen == "zh")


def test_a_model_that_does_not_compute_right_is_invalid_however_fast(here, tiny_copy, tmp_path):
    """One weight of the last norm is made NaN, and with it every logit."""
    weights = tiny_copy / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-2:] = b"\xc0\x7f"  # NaN in bfloat16, little-endian
    weights.write_bytes(content)
    ended = here(
        "--model", str(tiny_copy), "--prompt-tokens", "8", "--decode-tokens", "2", "--repetitions", "1",
        "--threads", "1", "--output", "nan.json", "--lang", "en",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    quality = read_report((tmp_path / "nan.json").read_bytes()).quality
    assert quality.grade == "invalid"
    told = next(caveat for caveat in quality.caveats if caveat.code == "logits-not-finite")
    assert "3 of 3 forwards" in told.message
    assert told.remedy
    assert "logits that are not finite" in ended.err
