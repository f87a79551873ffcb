"""Whatever is asked of a real collector, it answers as its OpenAPI document declares, never with a 5xx."""

from __future__ import annotations

import pytest
from collector_requests import Client
from collector_server import ONLY_SQLITE
from test_tokens import make

EXAMPLES = 7
"""Of each operation; benchmarks/soak_fuzz.py takes more, and others each time."""


@pytest.mark.parametrize(
    ("start_server", "who", "reached"),
    [
        ("sqlite", "nobody", {200, 201, 304, 400, 401, 404, 406, 422}),
        ("sqlite", "member", {200, 201, 304, 400, 401, 403, 404, 406, 422}),
        ("postgresql", "admin", {200, 201, 204, 304, 400, 401, 404, 406, 422}),
    ],
    indirect=["start_server"],
)
def test_every_answer_is_declared(start_server, tmp_path, who, reached):
    """`reached`: statuses that must have come, so that the test cannot pass by asking nothing of interest."""
    server = start_server("--rate-limit", "0", log=tmp_path / "log")
    tokens = {"nobody": None}
    if who != "nobody":
        tokens["member"] = make(server.database_url, "WJ")
        tokens["admin"] = make(server.database_url, "boss", "--admin")
    client = Client(server, [tokens[who]], tokens.get("admin"))
    faults = client.faults(EXAMPLES)
    server.stop()
    assert not faults, "\n\n".join(faults)
    assert reached <= set(client.statuses), client.statuses
    assert "Traceback" not in server.said + (tmp_path / "log").read_text()


@ONLY_SQLITE
def test_one_who_asks_too_often_is_told_so_as_declared(start_server):
    server = start_server("--rate-limit", "25")
    admin = make(server.database_url, "boss", "--admin")
    client = Client(server, [admin], admin)
    faults = client.faults(2)
    assert not faults, "\n\n".join(faults)
    client.repeat("GET /runs.json", 60)  # a slow machine may not have asked too often until now
    assert client.statuses[429] > 10
