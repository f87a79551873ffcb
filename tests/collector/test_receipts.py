from __future__ import annotations

from collector_reports import make_report
from sqlalchemy import text


def test_the_receipt_of_a_stored_report_is_that_of_its_submission(server):
    report = make_report()
    first = server.submit(report).json()
    answer = server.client.get(f"/runs/{report.run_id}/receipt")
    assert (answer.status_code, answer.json()) == (200, first)


def test_an_unknown_run_has_no_receipt(server):
    answer = server.client.get("/runs/01890000-0000-7000-8000-000000000000/receipt")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:bitnet-profiler:problem:not-found"


def test_a_receipt_speaks_of_the_bytes_that_are_stored_and_not_of_those_that_were(start_server):
    server = start_server()
    first = server.submit(report := make_report()).json()
    changed = report.to_json() + b" "
    server.execute(text("UPDATE raw_report SET body = :body").bindparams(body=changed))
    again = server.client.get(f"/runs/{report.run_id}/receipt").json()
    assert again["run_id"] == first["run_id"]
    assert again["sha256"] != first["sha256"]
