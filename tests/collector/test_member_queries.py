"""What a member's page asks for is found in an index, however many points of sweeps they have stored."""

from __future__ import annotations

import pytest
from collector_plans import plan_of

from bitnet_collector.database import open_database
from bitnet_collector.runs import Wanted, list_runs
from bitnet_collector.sweep_runs import points_of, sweeps_of


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    opened = open_database(f"sqlite:///{tmp_path_factory.mktemp('plans')}/runs.db")
    yield opened
    opened.dispose()


def test_the_points_of_a_workload_are_counted_in_an_index_of_points_alone(database):
    (step,) = plan_of(database, lambda session: points_of(session, "WJ", "0" * 12))
    assert step.endswith(
        "USING COVERING INDEX run_points_of_pair (workload_id=? AND member=? AND sweep_id>?)"
    )


def test_the_newest_sweeps_are_read_in_their_order(database):
    """So that reading ends at the last one that is shown."""
    (step,) = plan_of(database, lambda session: sweeps_of(session, "WJ"))
    assert "USING INDEX run_sweeps_of_member (member=? AND sweep_id>?)" in step


def test_the_runs_of_a_workload_are_read_in_their_order(database):
    wanted = Wanted(member="WJ", workload="0" * 12, alone=True)
    (step,) = plan_of(database, lambda session: list_runs(session, wanted, None, 101))
    assert "USING INDEX run_of_pair (workload_id=? AND member=?)" in step
