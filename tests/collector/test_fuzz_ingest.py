"""Whatever is sent as a report is stored byte for byte and shown on every page, or refused for a reason."""

from __future__ import annotations

import json

import pytest
from collector_spoilt import Ingest
from fuzzing import examine_all
from spoilt_reports import certain, original, recipes, spoilt
from test_tokens import make

from bitnet_report import new_run_id


@pytest.fixture
def ingest(start_server, tmp_path):
    server = start_server("--rate-limit", "0", log=tmp_path / "log")
    yield Ingest(server, make(server.database_url, "boss", "--admin"))
    server.stop()
    assert "Traceback" not in server.said + (tmp_path / "log").read_text()


def test_a_spoilt_report_is_stored_and_shown_everywhere_or_refused(ingest):
    outcomes = {"used": "stored", "not a report": "422 not-a-report", "not JSON": "400 not-json"}
    for word, some in certain().items():
        for recipe in some[:6]:
            ingest.examine(spoilt(recipe, new_run_id()))
        assert ingest.became.pop(outcomes[word]) == 6
        assert not ingest.became
    examine_all(recipes(), lambda recipe: ingest.examine(spoilt(recipe, new_run_id())), examples=40)
    assert {"stored", "422 not-a-report"} <= set(ingest.became)


def changed(**changes) -> dict:
    return json.loads(original("whole")) | {"run_id": new_run_id()} | changes


def told(size: int, part: str | None) -> bytes:
    """The whole report with so much text in its note, or under a key that no version knows."""
    document = changed()
    if part == "note":
        document["meta"]["note"] = "x" * size
    else:
        document["later"] = "长" * (size // 3)
    return json.dumps(document, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("size", "part", "becomes"),
    [
        (10 * 2**20, "note", "413 too-large"),
        (10 * 2**20, "later", "413 too-large"),
        (7 * 2**20, "note", "422 not-a-report"),
        (7 * 2**20, "later", "stored"),
    ],
)
def test_megabytes_of_text(ingest, size, part, becomes):
    ingest.examine(told(size, part))
    assert ingest.became == {becomes: 1}
