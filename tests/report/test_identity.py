"""Run ids, token hashes, and what makes two runs the same work."""

from __future__ import annotations

import time
import uuid

import pytest

from bitnet_report import (
    differing_fields,
    hash_json,
    hash_token_ids,
    is_known_work,
    new_run_id,
    read_report,
    report_from_document,
    version_0_run_id,
    work_of,
    work_value,
    workload_id,
)
from bitnet_report.identity import UNSTATED_WORK


def test_a_run_id_is_a_uuid_of_version_7_with_the_time_in_front():
    before = time.time_ns() // 1_000_000
    run_id = uuid.UUID(new_run_id())
    after = time.time_ns() // 1_000_000

    assert run_id.version == 7
    assert run_id.variant == uuid.RFC_4122
    assert before <= run_id.int >> 80 <= after


def test_run_ids_sort_by_time():
    moments = [0, 1, 1_700_000_000_000, 1_700_000_000_001, 2**48 - 1]
    ids = [new_run_id(moment) for moment in moments]
    assert ids == sorted(ids)
    assert [uuid.UUID(run_id).int >> 80 for run_id in ids] == moments
    assert all(uuid.UUID(run_id).version == 7 for run_id in ids)


def test_no_two_run_ids_of_one_moment_are_alike():
    assert len({new_run_id(1_700_000_000_000) for _ in range(2000)}) == 2000


def test_the_hash_of_token_ids_is_over_four_little_endian_bytes_each():
    # printf '\x01\x00\x00\x00\x00\xf4\x01\x00' | sha256sum
    assert hash_token_ids([1, 128000]) == "492f1326adc205c38e5320b3136449b70708c3b36bd230addcafb966e27f87f1"
    assert hash_token_ids([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert hash_token_ids([1, 2]) != hash_token_ids([2, 1])


def test_the_hash_of_json_does_not_depend_on_the_order_of_keys():
    assert hash_json({"a": 1, "b": [2, "三"]}) == hash_json({"b": [2, "三"], "a": 1})
    assert hash_json({"a": 1}) != hash_json({"a": "1"})


def changed(report, part, **values):
    return report.model_copy(update={part: getattr(report, part).model_copy(update=values)})


@pytest.mark.parametrize(
    ("part", "values"),
    [
        ("workload", {"threads": 64}),
        ("workload", {"repetitions": 30}),
        ("workload", {"generated_sha256": "0" * 64}),
        ("meta", {"model_revision": "f" * 40}),
        ("meta", {"note": "another"}),
        ("cpu_info", {"brand": "another"}),
    ],
    ids=str,
)
def test_what_a_machine_spends_on_it_does_not_change_the_work(report, part, values):
    assert workload_id(changed(report, part, **values)) == workload_id(report)


CHANGES = {
    "model": ("meta", {"model_name": "another/model"}),
    "weights": ("meta", {"weights": "stand-in"}),
    "model_sha256": ("workload", {"model_sha256": "0" * 64}),
    "prompt_sha256": ("workload", {"prompt_sha256": "0" * 64}),
    "prompt_tokens": ("workload", {"prompt_tokens": 127}),
    "decode_tokens": ("workload", {"decode_tokens": 5}),
    "batch_size": ("workload", {"batch_size": 2}),
    "dtype": ("workload", {"dtype": "float32"}),
    "engine": ("workload", {"engine": "another"}),
    "malloc": ("workload", {"malloc": "tuned"}),
    "context_depth": ("workload", {"context_depth": 512}),
    "suite_version": ("workload", {"suite_version": 2}),
}


def test_every_part_of_the_work_is_tried_below(report):
    assert {*work_of(report), *UNSTATED_WORK} == set(CHANGES)


@pytest.mark.parametrize("key", CHANGES)
def test_another_work_has_another_id(report, key):
    part, values = CHANGES[key]
    other = changed(report, part, **values)
    assert workload_id(other) != workload_id(report)
    assert differing_fields(work_of(report), work_of(other)) == [key]
    assert differing_fields(work_of(other), work_of(report)) == [key]


def test_reports_from_before_the_allocator_was_stated_keep_their_id(report):
    assert "malloc" not in work_of(report)
    before = report.model_dump()
    del before["workload"]["malloc"]
    assert workload_id(report_from_document(before)) == workload_id(report)
    assert work_value(work_of(report), "malloc") == "default"
    assert work_value(work_of(changed(report, "workload", malloc="tuned")), "malloc") == "tuned"


def test_the_id_is_twelve_hex_digits_and_the_same_after_reading(report):
    assert len(workload_id(report)) == 12
    assert int(workload_id(report), 16) >= 0
    assert workload_id(read_report(report.to_json())) == workload_id(report)


@pytest.mark.parametrize("key", ["model_sha256", "prompt_sha256", "prompt_tokens", "decode_tokens", "dtype"])
def test_work_is_known_only_with_all_its_proofs(report, key):
    assert is_known_work(report)
    assert not is_known_work(changed(report, "workload", **{key: None}))


def test_an_old_reports_id_is_the_same_for_ever_and_another_for_other_content():
    first = version_0_run_id(b"{}", "LCJ", None)
    assert first == "d212a91f-7e70-53c3-8de9-0a5624b47916"
    others = {version_0_run_id(b"{} ", "LCJ", None), version_0_run_id(b"{}", "WJ", None)}
    others |= {version_0_run_id(b"{}", "LCJ", 32)}
    assert len(others | {first}) == 4
