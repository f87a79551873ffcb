"""Bytes that are no report end in one clear ReportError, whatever they are."""

from __future__ import annotations

import json
import random

import pytest

from bitnet_report import (
    SCHEMA_VERSION,
    NotAReportError,
    NotJsonError,
    ReportError,
    UnsupportedSchemaError,
    is_member_name,
    parse_document,
    read_report,
    report_from_document,
)

NOT_JSON = {
    "empty": b"",
    "blank": b"  \n",
    "text": b"hello",
    "cut": b'{"meta": {',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": Infinity}',
    "-Infinity": b'{"a": [-Infinity]}',
    "a number too large": b'{"a": 1e999}',
    "a number too small": b'{"a": -1e999}',
    "the same key twice": b'{"a": 1, "a": 2}',
    "the same key twice, deep": b'{"a": [{"b": 1, "b": 1}]}',
    "the same key twice, once escaped": b'{"a": 1, "\\u0061": 2}',
    "nested too deeply": b"[" * 100_000 + b"]" * 100_000,
    "objects nested too deeply": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a lone surrogate": b'{"a": "\\ud800"}',
    "a lone surrogate as a key": b'{"\\udc00": 1}',
    "a surrogate in bytes": b'{"a": "\xed\xa0\x80"}',
    "Latin-1": '{"a": "é"}'.encode("latin-1"),
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "UTF-32": '{"a": 1}'.encode("utf-32"),
    "UTF-16 without a mark": '{"a": 1}'.encode("utf-16-le"),
    "301 digits": b'{"a": ' + b"1" * 301 + b"}",
    "301 digits under zero": b'{"a": -' + b"1" * 301 + b"}",
    "many digits": b'{"a": ' + b"9" * 100_000 + b"}",
    "a null byte": b'{"a": 1}\x00',
    "two documents": b"{}{}",
    "a raw control character": b'{"a": "\x07"}',
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_json(body):
    with pytest.raises(NotJsonError) as refused:
        read_report(body)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"text"', b"true"])
def test_json_that_is_no_object(body):
    with pytest.raises(NotAReportError) as refused:
        read_report(body)
    assert refused.value.field == "$"


def test_a_byte_order_mark_is_no_fault(golden_v1):
    assert read_report(b"\xef\xbb\xbf" + golden_v1) == read_report(golden_v1)


def test_a_surrogate_pair_is_a_character():
    assert parse_document(b'{"a": "\\ud83d\\ude00"}') == {"a": "\N{GRINNING FACE}"}


@pytest.mark.parametrize("version", [SCHEMA_VERSION + 1, 99, 10**50])
def test_a_newer_schema_says_that_this_program_must_be_updated(document, version):
    document["schema_version"] = version
    with pytest.raises(UnsupportedSchemaError, match="newer") as refused:
        report_from_document(document)
    assert refused.value.field == "schema_version"


@pytest.mark.parametrize("version", [-1, True, False, 1.0, "1", None, [1], {}])
def test_a_schema_version_that_is_none(document, version):
    document["schema_version"] = version
    with pytest.raises(NotAReportError) as refused:
        report_from_document(document)
    assert refused.value.field == "schema_version"
    assert not isinstance(refused.value, UnsupportedSchemaError)


REQUIRED = ["run_id", "meta", "workload", "cpu_info", "freq_normalization", "stage_profiles", "summary"]


@pytest.mark.parametrize("key", REQUIRED)
def test_a_missing_part_is_named(document, key):
    del document[key]
    with pytest.raises(NotAReportError) as refused:
        report_from_document(document)
    assert refused.value.field == key


WRONG = [
    ("run_id", "01A20BB6-DE44-73A6-80C1-69DBDD5C0815"),
    ("run_id", "not-an-id"),
    ("run_id", 7),
    ("run_id", "01a20bb6-de44-73a6-80c1-69dbdd5c0815\n"),
    ("member", ""),
    ("member", "W J"),
    ("member", "WJ\n"),
    ("member", "../WJ"),
    ("member", "<b>"),
    ("member", "王"),
    ("member", "x" * 65),
    ("member", 1),
    ("meta.timestamp", "yesterday"),
    ("meta.timestamp", ""),
    ("meta.timestamp", 1764000000),
    ("meta.timestamp", "1999-12-31T23:59:59Z"),
    ("meta.timestamp", "9999-12-31T23:59:59-23:00"),
    ("meta.timestamp", "2026-02-30T00:00:00Z"),
    ("meta.timestamp", "2026-01-01T00:00:00Z" + " " * 80),
    ("meta.model_name", ""),
    ("meta.model_name", "x" * 201),
    ("meta.model_name", "a\x00b"),
    ("meta.model_name", "a\x1b[31mb"),
    ("meta.note", "x" * 4001),
    ("meta.weights", "stolen"),
    ("meta.reference_freq_mhz", 0),
    ("meta.reference_freq_mhz", -3000.0),
    ("meta.reference_freq_mhz", "3000"),
    ("meta.reference_freq_mhz", True),
    ("meta.reference_freq_mhz", 10**300),
    ("meta.reference_freq_mhz", 1e-4),
    ("workload.decode_tokens", 0),
    ("workload.decode_tokens", 1.5),
    ("workload.decode_tokens", 2**53 + 1),
    ("workload.prompt_sha256", "abc"),
    ("workload.prompt_sha256", "A" * 64),
    ("workload.dtype", None.__class__.__name__ * 100),
    ("cpu_info.brand", ""),
    ("cpu_info.brand", None),
    ("cpu_info.clock_mhz", 1e9),
    ("stage_profiles", []),
    ("stage_profiles", {}),
    ("stage_profiles[0].name", ""),
    ("stage_profiles[3].duration_ms", -1.0),
    ("stage_profiles[3].duration_ms", 1e13),
    ("stage_profiles[3].duration_ms", "12"),
    ("stage_profiles[3].samples_ms[0]", -0.1),
    ("stage_profiles[3].memory_peak_source", "guessed"),
    ("decode_steps_ms[0][0]", None),
    ("quality.grade", "D"),
    ("summary.total_time_ms", None),
]


@pytest.mark.parametrize(("field", "value"), WRONG, ids=lambda value: repr(value)[:40])
def test_a_wrong_value_is_refused_and_its_field_named(document, field, value):
    keys = field.replace("[", ".").replace("]", "").split(".")
    place = document
    for key in keys[:-1]:
        place = place[int(key) if key.isdigit() else key]
    place[int(keys[-1]) if keys[-1].isdigit() else keys[-1]] = value
    with pytest.raises(NotAReportError) as refused:
        report_from_document(document)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("place", "value", "field"),
    [
        (["decode_steps_ms"], [["x"] * 10_000] * 3, "decode_steps_ms[0][0]"),
        (["operators", 0, "modules"], [{}] * 5000, "operators[0].modules[0].name"),
        (["stage_profiles", 0, "samples_ms"], ["x"] * 90_000, "stage_profiles[0].samples_ms[0]"),
        (["cpu_info", "isa"], [1] * 10_000, "cpu_info.isa[0]"),
        (["environment", "settings"], dict.fromkeys(map(str, range(10_000)), 1), "environment.settings"),
        (
            ["roofline", "limits", 0, "peaks_gops"],
            dict.fromkeys(map(str, range(10_000)), "x"),
            "roofline.limits[0].peaks_gops",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_thousands_of_wrong_values_are_refused_at_the_first(golden_whole, place, value, field):
    """To tell of each would take the server some 900 bytes of memory for every byte or two sent."""
    document = json.loads(golden_whole)
    inner = document
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    with pytest.raises(NotAReportError) as refused:
        report_from_document(document)
    assert refused.value.field == field
    assert refused.value.__cause__.error_count() < 30


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01T08:00:00Z", "2026-03-01T08:00:00+00:00"),
        ("2026-03-01T08:00:00z", "2026-03-01T08:00:00+00:00"),
        ("2026-03-01T16:00:00+08:00", "2026-03-01T08:00:00+00:00"),
        ("2026-03-01T08:00:00.250", "2026-03-01T08:00:00.250000+00:00"),
        ("2026-03-01 08:00:00.123456", "2026-03-01T08:00:00.123456+00:00"),
        ("2026-03-01T00:30:00+01:00", "2026-02-28T23:30:00+00:00"),
    ],
)
def test_a_time_with_z_with_an_offset_and_without_any(document, text, moment):
    document["meta"]["timestamp"] = text
    report = report_from_document(document)
    assert report.meta.measured_at.isoformat() == moment
    assert json.loads(report.to_json())["meta"]["timestamp"] == text  # as it was written


@pytest.mark.parametrize("name", ["WJ", "a", "A.b_c-9", "x" * 64, "-", "..."])
def test_names_that_a_member_may_have(document, name):
    document["member"] = name
    assert report_from_document(document).member == name
    assert is_member_name(name)


@pytest.mark.parametrize(
    "name", ["", "x" * 65, "W J", "WJ\n", "\nWJ", "é", "王", "a/b", "a\\b", "٣", "a\x00"]
)
def test_names_that_no_member_may_have(name):
    assert not is_member_name(name)


@pytest.mark.parametrize("name", [".", ".."])
def test_a_name_that_no_address_can_end_in_is_none_but_an_older_report_with_it_can_be_read(document, name):
    assert not is_member_name(name)
    document["member"] = name
    assert report_from_document(document).member == name


def test_keys_of_a_newer_agent_are_kept(document):
    document["roofline_of_tomorrow"] = {"a": [1, 2.5, None, "三"], "n": 10**30}
    document["meta"]["mood"] = "good"
    document["stage_profiles"][4]["watts"] = 11.5
    again = json.loads(report_from_document(document).to_json())
    assert again["roofline_of_tomorrow"] == {"a": [1, 2.5, None, "三"], "n": 10**30}
    assert again["meta"]["mood"] == "good"
    assert again["stage_profiles"][4]["watts"] == 11.5
    assert read_report(json.dumps(again).encode()) == report_from_document(document)


def test_a_whole_number_that_can_still_be_shown_is_kept():
    assert parse_document(b'{"a": -' + b"9" * 300 + b"}") == {"a": -(10**300) + 1}


def test_sums_that_overflow_are_refused(document):
    """Each figure may be, but not their sum."""
    document["freq_normalization"].update(actual_freq_mhz=3000.0, scale_factor=1.0)
    for stage in document["stage_profiles"]:
        stage["duration_normalized_ms"] = stage["duration_ms"]
    for stage in document["stage_profiles"][:2]:
        stage.update(samples_ms=[1e12], duration_ms=1e12, duration_normalized_ms=1e12)
    with pytest.raises(NotAReportError, match="total_time_ms"):
        report_from_document(document)


def test_a_rate_that_overflows_is_refused(document):
    decode = document["stage_profiles"][4]
    decode.update(samples_ms=[], duration_ms=1e-309, ms_per_token=1e-310, duration_normalized_ms=1e-309)
    document["decode_steps_ms"] = []
    with pytest.raises(NotAReportError, match="decode_tokens_per_s"):
        report_from_document(document)


@pytest.mark.parametrize("mhz", [1e-300, 5e-324])
def test_an_old_report_whose_formula_overflows_is_refused(old_document, mhz):
    old_document["meta"]["reference_freq_mhz"] = mhz
    with pytest.raises(NotAReportError):
        report_from_document(old_document)


NASTY = [
    None, True, 0, -1, 1.5, 2**53, 10**300, -(10**300), 1e308, 5e-324, "", "x", "\x00", "1" * 5000, "1e5",
    "２０２６-01-01", "\ud800", [], [[]], [None], [1e308] * 3, {}, {"a": {}}, {"": None}, {"name": "decode"},
]  # fmt: skip


def everywhere(value, path=()):
    """Yield the path of every value inside a document."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from everywhere(item, (*path, key))


@pytest.mark.parametrize("version", [0, 1])
def test_whatever_stands_anywhere_only_a_report_error_is_raised(golden_v1, old_document, version):
    """Each value of a good document is replaced by each nasty one: never another exception."""
    good = old_document | {"decode_tokens": 8} if version == 0 else json.loads(golden_v1)
    spelled, accepted, refused = json.dumps(good), 0, 0
    paths = [path for path in everywhere(good) if path]
    if version == 1:
        paths = random.Random(1).sample(paths, 130)
    for path in paths:
        for value in NASTY:
            document = json.loads(spelled)
            place = document
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = value
            try:
                report = read_report(json.dumps(document).encode())
            except ReportError as error:
                assert str(error)
                refused += 1
            else:
                report.to_json()
                accepted += 1
    assert accepted > 100
    assert refused > 900


def test_broken_bytes_only_raise_a_report_error(golden_v1):
    chance = random.Random(2)
    refused = 0
    for _ in range(1500):
        body = bytearray(golden_v1)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(body))
            match chance.randrange(4):
                case 0:
                    body[at] = chance.randrange(256)
                case 1:
                    del body[at : at + chance.randint(1, 40)]
                case 2:
                    body[at:at] = chance.choice([b"{", b"]", b'"', b"\\u", b"-", b"9e9", b"\xff", b"null"])
                case _:
                    body = body[:at] or bytearray(b"{")
        try:
            read_report(bytes(body))
        except ReportError:
            refused += 1
    assert refused > 1000
