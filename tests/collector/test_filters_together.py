"""Filters of the list of runs, taken together: what they find, and that they find it without searching."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations, product

import pytest
from collector_plans import plan_of
from collector_reports import START, make_report

from bitnet_collector.cursors import Cursor
from bitnet_collector.database import open_database
from bitnet_collector.runs import Wanted, last_of_page, list_runs
from bitnet_collector.storing import store_run
from bitnet_report import workload_id

FILTERS = ("member", "model", "workload", "grade")
SETS = [names for size in range(len(FILTERS) + 1) for names in combinations(FILTERS, size)]
COLUMN = {"member": "member", "model": "model", "workload": "workload_id", "grade": "grade"}


@pytest.fixture
def database(database_url):
    opened = open_database(database_url)
    yield opened
    opened.dispose()


@pytest.mark.parametrize("names", SETS, ids="+".join)
def test_what_is_wanted_together_is_found_together(database, names):
    stored = []
    kinds = product(("WJ", "WYC"), ("one/model", "another/model"), (4, 5), ("A", "invalid"))
    for minute, (member, model, tokens, grade) in enumerate(kinds):
        report = make_report(
            member,
            model=model,
            decode_tokens=tokens,
            grade=grade,
            measured_at=START + timedelta(minutes=minute),
        )
        with database.writing() as session:
            store_run(session, report, member, report.to_json(), START + timedelta(days=1))
        stored.append(
            {"member": member, "model": model, "workload": workload_id(report), "grade": grade}
            | {"run_id": report.run_id}
        )
    with database.reading() as session:
        for values in product(*(sorted({run[name] for run in stored}) for name in names)):
            asked = dict(zip(names, values, strict=True))
            expected = [run["run_id"] for run in stored[::-1] if asked.items() <= run.items()]
            assert [run.run_id for run in list_runs(session, Wanted(**asked), None, 100)] == expected
            last = last_of_page(session, Wanted(**asked), None, 1)
            assert (last.run_id if last else None) == (expected[0] if len(expected) > 1 else None)


@pytest.mark.parametrize(("until", "found"), [(1, 1), (2, 2), (3, 2), (9, 2)])
def test_a_page_ends_at_the_cursor_and_at_until_whichever_is_earlier(database, until, found):
    ids = []
    for minute in range(5):
        report = make_report("WJ", measured_at=START + timedelta(minutes=minute))
        with database.writing() as session:
            store_run(session, report, "WJ", report.to_json(), START + timedelta(days=1))
        ids.append(report.run_id)
    cursor = Cursor(START + timedelta(minutes=2), ids[2])
    wanted = Wanted(until=START + timedelta(minutes=until))
    with database.reading() as session:
        assert [run.run_id for run in list_runs(session, wanted, cursor, 50)] == ids[:found][::-1]


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('plans')}/runs.db")
    report = make_report("WJ", model="one/model")
    with database.writing() as session:
        store_run(session, report, "WJ", report.to_json(), START)
    yield database, {"member": "WJ", "model": "one/model", "workload": workload_id(report), "grade": "A"}
    database.dispose()


@pytest.mark.parametrize(
    "beside", [(), ("since",), ("until",), ("cursor",), ("until", "cursor")], ids="+".join
)
@pytest.mark.parametrize("names", SETS, ids="+".join)
def test_an_index_holds_every_set_of_filters_in_the_order_of_the_list(planned, names, beside):
    database, given = planned
    moments = {name: START + timedelta(days=1) for name in beside if name != "cursor"}
    wanted = Wanted(**{name: given[name] for name in names}, **moments)
    after = Cursor(START, "x") if "cursor" in beside else None
    (step,) = plan_of(database, lambda session: list_runs(session, wanted, after, 51))
    stated = [name for name in names if name != "model" or "workload" not in names]
    assert step.startswith("SEARCH" if stated or beside else "SCAN run USING INDEX run_newest")
    assert all(f"{COLUMN[name]}=?" in step for name in stated), step
    assert ("(measured_at,run_id)<(?,?)" in step) == ("cursor" in beside), step
