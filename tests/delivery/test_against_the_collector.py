"""The program itself against a real collector: pushed, verified, and found out where it is not there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bitnet_report import new_run_id


@pytest.fixture
def agent(tmp_path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bitnet_agent", *arguments, "--retry-for", "0", "--lang", "en"],
            cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=300, check=False,
            env={**os.environ, "BITNET_AGENT_STATE": str(tmp_path / "state"), **variables},
        )  # fmt: skip

    return run


def states(answer: subprocess.CompletedProcess[str]) -> list[str]:
    return [row["state"] for row in json.loads(answer.stdout)]


def test_what_was_pushed_is_verified_and_what_differs_is_found_out(agent, collector, outgoing, tmp_path):
    report, other, changed = (tmp_path / name for name in ("report.json", "other.json", "changed.json"))
    report.write_bytes(outgoing.body)
    other.write_text(json.dumps(json.loads(outgoing.body) | {"run_id": new_run_id()}))
    changed.write_bytes(outgoing.body + b"\n")
    pushed = agent("push", "report.json", "--collector", collector.url)
    assert pushed.returncode == 0, pushed.stderr

    asked = agent(
        "verify", "report.json", "other.json", "changed.json", "--collector", collector.url, "--json"
    )
    assert states(asked) == ["stored", "missing", "different"]
    assert asked.returncode == 5
    everything = agent("verify", "--all", "--json")
    assert (everything.returncode, states(everything)) == (0, ["stored"])


def test_what_an_admin_deleted_is_neither_sent_again_nor_lost(agent, guarded, outgoing, tmp_path):
    (tmp_path / "report.json").write_bytes(outgoing.body)
    mine = {"BITNET_TOKEN": guarded.tokens["WJ"]}
    assert agent("push", "report.json", "--collector", guarded.url, **mine).returncode == 0
    admin = make_token(tmp_path / "guarded.db", "create", "boss", "--admin")
    gone = guarded.client.delete(f"/runs/{outgoing.run_id}", headers={"Authorization": f"Bearer {admin}"})
    assert gone.status_code == 204
    asked = agent("verify", "--all", "--json", **mine)
    assert (asked.returncode, states(asked)) == (0, ["deleted"])
    assert "deleted    " in agent("verify", "--all", **mine).stdout
    again = agent("push", "report.json", "--collector", guarded.url, **mine)
    assert (again.returncode, "(410)" in again.stderr) == (5, True)
    assert agent("push", "--all", **mine).returncode == 0  # refused for good: not tried again


def test_a_rerun_after_a_lost_receipt_is_the_same_report(agent, collector, outgoing, proxy, tmp_path):
    import faulty_proxy as fault

    (tmp_path / "report.json").write_bytes(outgoing.body)
    faulty = proxy(fault.drops_after_storing)
    lost = agent("push", "report.json", "--collector", faulty.url)
    assert lost.returncode == 5
    assert "bitnet-agent push --all" in lost.stderr
    (tmp_path / "report.json").unlink()
    again = agent("push", "--all")
    assert again.returncode == 0, again.stderr
    assert "The collector had it already" in again.stderr
    assert collector.run_ids().count(outgoing.run_id) == 1


def make_token(database: Path, *arguments: str) -> str:
    done = subprocess.run(
        [
            sys.executable, "-m", "bitnet_collector", "token", *arguments,
            "--database-url", f"sqlite:///{database}",
        ],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture
def guarded(tmp_path):
    """A collector that asks for tokens, and those of two members."""
    from conftest import Collector

    database = tmp_path / "guarded.db"
    tokens = {name: make_token(database, "create", name) for name in ("WJ", "LCJ")}
    running = Collector(database)
    running.tokens = tokens
    yield running
    running.signal(signal.SIGKILL)


def test_a_member_submits_with_their_own_token_alone(agent, guarded, outgoing, tmp_path):
    (tmp_path / "report.json").write_bytes(outgoing.body)  # WJ's
    (tmp_path / "token").write_text(guarded.tokens["WJ"] + "\n")
    push = ("push", "report.json", "--collector", guarded.url)

    nobody = agent(*push)
    assert nobody.returncode == 5
    assert "(401)" in nobody.stderr
    assert "BITNET_TOKEN" in nobody.stderr
    another = agent(*push, BITNET_TOKEN=guarded.tokens["LCJ"])
    assert another.returncode == 5
    assert "(403)" in another.stderr
    assert guarded.run_ids() == []

    own = agent("push", "--all", "--token-file", "token")  # what was refused waits for the right token
    assert own.returncode == 0, own.stderr
    assert guarded.run_ids() == [outgoing.run_id]
    for secret in guarded.tokens.values():
        assert secret not in nobody.stderr + another.stderr + own.stderr


def test_doctor_tells_a_valid_token_from_others(guarded, agent, tmp_path):
    def token_finding(**variables: str) -> str:
        ended = subprocess.run(
            [
                sys.executable, "-m", "bitnet_agent", "doctor", "--model", "stand-in:tiny", "--json",
                "--collector", guarded.url, "--member", "WJ",
            ],
            capture_output=True, text=True, check=False, timeout=300,
            env={**os.environ, "BITNET_AGENT_STATE": str(tmp_path / "state"), **variables},
        )  # fmt: skip
        findings = json.loads(ended.stdout)["findings"]
        (finding,) = [row for row in findings if row["check"] == "token"]
        assert (finding["status"] == "bad") <= (ended.returncode == 4)
        return finding["code"]

    assert token_finding() == "token-required"
    assert token_finding(BITNET_TOKEN=guarded.tokens["WJ"]) == "token-valid"
    assert token_finding(BITNET_TOKEN=guarded.tokens["LCJ"]) == "token-of-another"
    make_token(guarded.database, "revoke", guarded.tokens["WJ"].split("_")[1])
    assert token_finding(BITNET_TOKEN=guarded.tokens["WJ"]) == "token-invalid"
