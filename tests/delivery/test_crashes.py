"""An agent that dies between any two steps loses nothing, and two agents do not disturb each other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bitnet_agent.delivery.emptying import empty
from bitnet_agent.delivery.retrying import Patience
from bitnet_agent.delivery.sending import Sender
from bitnet_agent.delivery.spool import Spool

HERE = Path(__file__).parent
ONCE = Sender(patience=Patience(total_s=0))

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="each step is a forked process")


def kill_at_each_step(place: Path, url: str, *options: str) -> int:
    done = subprocess.run(
        [sys.executable, str(HERE / "killed_sender.py"), str(place), url, *options],
        capture_output=True, text=True, check=False, timeout=400, env={**os.environ, "PYTHONPATH": str(HERE)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def files(spool: Spool) -> list[str]:
    """What lies in the spool beside receipts and the folders themselves."""
    return [str(file) for file in spool.root.rglob("*") if file.is_file() and file.parent.name != "receipts"]


def test_an_agent_killed_at_any_step_has_its_report_delivered_once_by_the_next(collector, tmp_path):
    steps = kill_at_each_step(tmp_path, collector.url)
    assert steps > 25  # making folders, slip, report, connection, receipt, removal: each in several steps

    delivered = []
    for n in range(1, steps + 1):
        body = (tmp_path / f"{n}.json").read_bytes()
        run_id = json.loads(body)["run_id"]
        known = collector.holds(run_id)
        spool = Spool(tmp_path / str(n))
        spool.tidy()
        assert [outcome.error for outcome in empty(spool, ONCE, None)] in ([], [None])
        now = collector.holds(run_id)
        assert known in (None, now)
        assert spool.waiting() == spool.refused() == []
        assert files(spool) == [], f"step {n} of {steps} leaves something behind"
        if now is not None:
            assert now == body
            assert collector.run_ids().count(run_id) == 1
            assert [kept.run_id for kept in spool.receipts()] == [run_id]
        delivered.append(now is not None)
    # Only what died before its report was whole on the disk was never sent, and nothing was half sent.
    first = delivered.index(True)
    assert delivered == [False] * first + [True] * (steps - first)
    assert first < steps / 2


def test_an_agent_killed_at_any_step_of_a_refusal_still_has_the_report(collector, tmp_path):
    steps = kill_at_each_step(tmp_path, collector.url, "taken")
    kept = []
    for n in range(1, steps + 1):
        body = (tmp_path / f"{n}.json").read_bytes()
        spool = Spool(tmp_path / str(n))
        spool.tidy()
        for _ in empty(spool, ONCE, None):
            pass
        assert spool.waiting() == []
        assert [entry.path.read_bytes() for entry in spool.refused()] in ([], [body])
        assert all(entry.slip.status == 409 and "409" in entry.slip.reason for entry in spool.refused())
        assert len(files(spool)) == 2 * len(spool.refused())
        kept.append(len(spool.refused()))
    first = kept.index(1)
    assert kept == [0] * first + [1] * (steps - first)
    assert first < steps / 2


def test_agents_that_empty_one_spool_at_once_send_each_report_once(proxy, collector, tmp_path):
    from conftest import make_outgoing

    spool, before = Spool(tmp_path / "state"), proxy()
    reports = [make_outgoing() for _ in range(12)]
    for report in reports:
        spool.put(report, before.url)
    agents = [
        subprocess.Popen(
            [sys.executable, "-m", "bitnet_agent", "push", "--all", "--lang", "en"],
            env={**os.environ, "BITNET_AGENT_STATE": str(spool.root)},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    said = [agent.communicate(timeout=300)[1] for agent in agents]
    assert [agent.returncode for agent in agents] == [0, 0, 0], said
    assert before.connections == len(reports)
    assert spool.waiting() == []
    assert files(spool) == []
    for report in reports:
        assert collector.holds(report.run_id) == report.body
