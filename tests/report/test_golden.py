"""Reports that were written once and must load for ever, with the figures that they had."""

from __future__ import annotations

import hashlib
import json

import pytest

from bitnet_report import (
    STAGES,
    caveat_sentences,
    is_known_work,
    read_report,
    report_from_document,
    workload_id,
)


def test_version_1_loads_with_its_figures(golden_v1):
    report = read_report(golden_v1)

    assert (report.schema_version, report.run_id) == (1, "01a20bb6-de44-73a6-80c1-69dbdd5c0815")
    assert (report.member, report.meta.note) == ("WJ", "tiny stand-in, 小模型")
    assert (report.meta.model_name, report.meta.weights) == ("stand-in:tiny", "stand-in")
    assert [stage.name for stage in report.stage_profiles] == list(STAGES)
    work = report.workload
    assert (work.prompt_tokens, work.decode_tokens, work.dtype, work.repetitions) == (32, 8, "bfloat16", 3)
    assert is_known_work(report)
    summary = report.summary
    assert summary.prefill_ms == 165.87704400035364
    assert summary.prefill_normalized_ms == 222.19658088293602
    assert summary.decode_ms_per_token == 54.16262537499961
    assert summary.decode_normalized_ms_per_token == 72.5522343522266
    assert summary.decode_tokens_per_s == 18.462915951293237
    assert summary.peak_memory_mb == 457.3671875
    assert summary.total_time_ms == 3987.935801022822
    assert report.warmup.first_call_ms == 7294.92329499999
    assert [len(steps) for steps in report.decode_steps_ms] == [8, 8, 8]
    assert [caveat.code for caveat in report.quality.caveats] == ["not-steady", "stand-in"]
    assert "预热 8 次" in caveat_sentences(report.quality.caveats[0], "zh")[0]


@pytest.mark.parametrize("name", ["golden_v1", "golden_whole"])
def test_version_1_keeps_every_key_when_it_is_written_again(name, request):
    golden = request.getfixturevalue(name)
    before, after = json.loads(golden), json.loads(read_report(golden).to_json())

    def contained(old, new):
        if isinstance(old, dict):
            return all(key in new and contained(value, new[key]) for key, value in old.items())
        if isinstance(old, list):
            return len(old) == len(new) and all(map(contained, old, new))
        return old == new

    assert contained(before, after)


def test_version_1_with_all_that_0_1_0_writes_loads_with_its_figures(golden_whole):
    report = read_report(golden_whole)

    assert (report.run_id, report.quality.grade) == ("01a21463-4dbf-70eb-874b-1f3ae6f3db5f", "C")
    work = report.workload
    assert (work.context_depth, work.malloc, work.engine) == (16, "tuned", "published")
    assert (report.summary.prefill_ms, report.summary.decode_ms_per_token) == (
        821.6583450011967,
        1022.4222337503761,
    )
    assert [split.stage for split in report.operators] == ["prefill", "decode"]
    assert len(report.operators[1].modules) == 28
    assert report.roofline.read_gb_per_s == 6.3047892906235194
    assert [stage.verdict for stage in report.roofline.stages] == ["overhead", "overhead"]
    assert report.allocation.stage("decode").faults_per_forward == 0.25
    assert report.stage("decode").statistics.n == 3
    assert report.warmup.compile.compilations


@pytest.mark.parametrize("name", ["golden_v1", "golden_whole"])
def test_the_work_of_a_report_keeps_its_id(name, request):
    known = {"golden_v1": "d4668cc736bb", "golden_whole": "8ab333a24407"}

    assert workload_id(read_report(request.getfixturevalue(name))) == known[name]


def test_the_golden_files_are_never_edited(golden_v1, golden_whole):
    assert hashlib.sha256(golden_v1).hexdigest() == (
        "e96b980a556a49a9b927e97374e29cd5fe48b0d7e04f35489940ffd35a2023f0"
    )
    assert hashlib.sha256(golden_whole).hexdigest() == (
        "788a1fc3cdebe2d4942da0b39caaf94056de0fc2db1a24261d31b17492871e9f"
    )


def test_version_0_loads_with_the_figures_of_the_original_script(old_document):
    report = report_from_document(old_document)

    assert report.schema_version == 0
    assert [stage.name for stage in report.stage_profiles] == list(STAGES)
    assert [stage.duration_ms for stage in report.stage_profiles] == [812.5, 15000, 2.5, 1000, 31000, 0.5]
    normalized = [stage.duration_normalized_ms for stage in report.stage_profiles]
    assert normalized == pytest.approx([650, 12000, 2, 800, 24800, 0.4])
    assert [stage.memory_delta_mb for stage in report.stage_profiles] == [42.5, 4760, 0, 167.75, -5.25, 0]
    assert report.summary.prefill_ms == 1000
    assert report.summary.prefill_normalized_ms == 800
    assert report.summary.total_time_ms == 47815.5
    assert report.summary.inference_time_ms == 32003
    assert report.summary.time_to_first_token_ms == 1002.5
    assert report.summary.peak_memory_mb == 5380.5
    assert report.freq_normalization.actual_freq_mhz == 2400
    assert report.freq_normalization.scale_factor == 0.8
    assert (report.cpu_info.brand, report.cpu_info.freq_base_mhz) == (
        "Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz",
        1800,
    )
    assert [caveat.code for caveat in report.quality.caveats] == ["version-0"]
    assert not is_known_work(report)


def test_version_0_gets_no_ms_per_token_unless_the_count_is_given(old_document):
    report = report_from_document(old_document)
    assert report.summary.decode_ms_per_token is None
    assert report.summary.decode_normalized_ms_per_token is None
    assert report.summary.decode_tokens_per_s is None
    assert all(stage.ms_per_token is None for stage in report.stage_profiles)

    counted = report_from_document(old_document | {"decode_tokens": 62})
    assert counted.summary.decode_ms_per_token == 500
    assert counted.summary.decode_normalized_ms_per_token == 400
    assert counted.summary.decode_tokens_per_s == 2


def test_version_0_takes_the_base_frequency_where_no_other_is_stated(old_document):
    del old_document["freq_normalization"]["actual_freq_mhz"]
    assert report_from_document(old_document).summary.prefill_normalized_ms == pytest.approx(600)

    del old_document["cpu_info"]["freq_base_mhz"]
    assert report_from_document(old_document).summary.prefill_normalized_ms is None


def test_version_0_may_hold_numbers_in_quotes(old_document):
    old_document["cpu_info"]["freq_base_mhz"] = "1800.0"
    old_document["stage_profiles"][3]["duration_ms"] = "1000"
    assert report_from_document(old_document).summary.prefill_ms == 1000


def test_the_sums_of_version_0_are_done_again(old_document):
    old_document["summary"]["total_time_ms"] = 1.0
    old_document["stage_profiles"][3]["duration_normalized_ms"] = 1.0
    report = report_from_document(old_document)
    assert report.summary.total_time_ms == 47815.5
    assert report.summary.prefill_normalized_ms == 800


def test_a_stage_that_version_0_does_not_know_keeps_its_name(old_document):
    old_document["stage_profiles"].append({"name": "预热", "duration_ms": 5.0})
    report = report_from_document(old_document)
    assert report.stage_profiles[-1].name == "预热"
    assert report.summary.total_time_ms == 47820.5


@pytest.mark.parametrize("field", ["member", "decode_tokens", "freq_normalization", "summary"])
def test_version_0_without_what_it_may_lack(old_document, field):
    old_document.pop(field, None)
    assert report_from_document(old_document).summary.prefill_ms == 1000
