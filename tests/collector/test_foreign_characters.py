"""Characters that no database text can hold, wherever an address may carry them."""

from __future__ import annotations

import pytest
from collector_reports import make_report


@pytest.fixture(scope="module")
def stored(server):
    server.report = make_report("WJ")
    assert server.submit(server.report).status_code == 201
    return server


@pytest.mark.parametrize(
    "address",
    [
        "/runs/%00",
        "/runs/%00.json",
        "/runs/%00.html",
        "/runs/%00/receipt",
        "/runs/%00/stages.csv",
        "/runs/%00/operators.csv",
        "/runs/%ED%A0%80",
        "/members/%00",
        "/sweeps/%00",
    ],
)
def test_what_is_named_so_is_not_there(stored, address):
    answer = stored.client.get(address)
    assert answer.status_code in (400, 404)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/runs", "/runs.json", "/runs.csv", "/runs.ndjson"])
@pytest.mark.parametrize("field", ["member", "model"])
def test_a_filter_of_such_a_character_finds_nothing_or_is_refused(stored, path, field):
    answer = stored.client.get(f"{path}?{field}=a%00b")
    assert answer.status_code in (200, 400)
    assert stored.report.run_id not in answer.text


@pytest.mark.parametrize("query", ["cursor=%00", "workload=%00", "grade=%00", "since=%00", "lang=%00"])
def test_a_parameter_of_such_a_character_is_refused(stored, query):
    assert stored.client.get(f"/runs?{query}").status_code == 400
