"""Whatever is written into a report, it is read, or refused with its field named; nothing else happens."""

from __future__ import annotations

from collections import Counter

import pytest
from fuzzing import examine_all
from reading_spoilt import read_and_use
from spoilt_reports import certain, recipes, spoilt

from bitnet_report import NotAReportError, read_report


def test_a_spoilt_report_is_read_and_can_be_used_or_is_refused_with_its_field():
    for outcome, some in certain().items():
        assert [read_and_use(spoilt(recipe)) for recipe in some] == [outcome] * len(some)
    became: Counter[str] = Counter()
    examine_all(recipes(), lambda recipe: became.update([read_and_use(spoilt(recipe))]), examples=150)
    assert set(became) == {"used", "not a report", "not JSON"}


LONG = b"x" * (10 * 2**20)


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        (b'"note": "tiny', b'"note": "%s' % LONG, "meta.note"),
        (b'"member": "WJ"', b'"member": "%s"' % LONG, "member"),
        (b'"weights": "stand-in"', b'"weights": "%s"' % LONG, "meta.weights"),
        (b'"libraries": {', b'"libraries": {"%s": 5, ' % LONG, f"environment.libraries.{'x' * 80}"),
    ],
    ids=["note", "member", "weights", "key"],
)
def test_ten_megabytes_of_text_are_refused_in_a_short_sentence(golden_whole, before, after, field):
    assert golden_whole.count(before) == 1
    with pytest.raises(NotAReportError) as refused:
        read_report(golden_whole.replace(before, after))
    assert refused.value.field == field
    assert len(str(refused.value)) < 400


def test_ten_megabytes_under_a_key_of_a_newer_agent_are_kept(golden_whole):
    report = read_report(golden_whole.replace(b"{", b'{"later": "%s", ' % LONG, 1))
    assert report.model_extra == {"later": LONG.decode()}
