from __future__ import annotations

import signal
from datetime import timedelta

import pytest
from collector_reports import START, make_report

from bitnet_collector.columns import run_columns
from bitnet_collector.database import open_database
from bitnet_collector.storing import store_run
from bitnet_collector.tables import RawReport, Run
from bitnet_report import read_report


def test_what_was_acknowledged_survives_a_kill(start_server):
    server = start_server()
    report = make_report()
    receipt = server.submit(report)
    assert receipt.status_code == 201
    assert server.signal(signal.SIGKILL) == -signal.SIGKILL
    server.start()
    assert server.client.get(f"/runs/{report.run_id}").content == report.to_json()
    again = server.submit(report)
    assert (again.status_code, again.json()) == (200, receipt.json())


def test_members_have_their_rows_from_the_first_start_and_after_a_restart(start_server):
    server = start_server("--members", "B,A")
    assert members_of(server) == ["B", "A"]
    server.submit(make_report("Z"))
    server.submit(make_report("C"))
    assert server.signal(signal.SIGTERM) == 0
    server.start()
    assert members_of(server) == ["B", "A", "C", "Z"]


def members_of(server) -> list[str]:
    return [row["member"] for row in server.client.get("/summary.json").json()["rows"]]


def test_a_report_is_stored_whole_or_not_at_all(database_url):
    database = open_database(database_url)
    report = make_report()
    with pytest.raises(RuntimeError), database.writing() as session:
        store_run(session, report, "WJ", report.to_json(), START)
        session.flush()
        raise RuntimeError("the process fails here")
    with database.reading() as session:
        assert session.get(Run, report.run_id) is None
        assert session.get(RawReport, report.run_id) is None
    database.dispose()


def test_the_columns_can_be_made_again_from_the_raw_report(database_url):
    database = open_database(database_url)
    report = make_report(measured_at=START + timedelta(days=3))
    with database.writing() as session:
        store_run(session, report, "WJ", report.to_json(), START)
    with database.reading() as session:
        raw = session.get(RawReport, report.run_id)
        stored = session.get(Run, report.run_id).model_dump()
    again = read_report(raw.body)
    assert run_columns(again, again.member, raw.sha256, raw.received_at).model_dump() == stored
    assert stored["measured_at"] == START  # the start lies after the receipt
    database.dispose()
