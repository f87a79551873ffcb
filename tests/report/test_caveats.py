"""Every reason for doubt, in both languages."""

from __future__ import annotations

import string

import pytest

from bitnet_report import Caveat, caveat_sentences, make_caveat
from bitnet_report.caveats import _CATALOGUE


def fields(sentence: str | None) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence or "") if name}


@pytest.mark.parametrize("code", _CATALOGUE)
def test_a_caveat_reads_well_in_both_languages(code):
    sentences = _CATALOGUE[code]
    needed = fields(sentences.message) | fields(sentences.remedy)
    caveat = make_caveat(code, **dict.fromkeys(needed, 7))

    for language in ("en", "zh"):
        message, remedy = caveat_sentences(caveat, language)
        assert message
        assert "{" not in message + (remedy or "")
        assert (remedy is None) == (caveat.remedy is None)
        chinese = any("一" <= character <= "鿿" for character in message + (remedy or ""))
        assert chinese == (language == "zh")
    assert caveat_sentences(caveat, "en") == (caveat.message, caveat.remedy)


@pytest.mark.parametrize("code", _CATALOGUE)
def test_the_chinese_sentence_needs_no_value_that_the_english_lacks(code):
    sentences = _CATALOGUE[code]
    english = fields(sentences.message) | fields(sentences.remedy)
    assert fields(sentences.message_zh) | fields(sentences.remedy_zh) <= english


def test_a_code_of_a_newer_agent_is_shown_as_it_was_sent():
    caveat = Caveat(code="from-the-future", message="something is odd", remedy="look at it")
    assert caveat_sentences(caveat, "zh") == ("something is odd", "look at it")
    assert caveat_sentences(caveat, "en") == ("something is odd", "look at it")


@pytest.mark.parametrize("values", [{}, {"repetitions": 8}, {"percent": 3, "other": 1}])
def test_a_caveat_without_its_values_falls_back_to_what_was_sent(values):
    caveat = Caveat(code="not-steady", message="it was not steady", values=values)
    assert caveat_sentences(caveat, "zh") == ("it was not steady", None)


def test_values_stand_in_the_sentences():
    caveat = make_caveat("not-steady", repetitions=8, percent=3)
    assert "after 8 warm-up repetitions" in caveat.message
    assert "预热 8 次" in caveat_sentences(caveat, "zh")[0]


def test_an_unknown_code_cannot_be_made():
    with pytest.raises(KeyError):
        make_caveat("no-such-code")
