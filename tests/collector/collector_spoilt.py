"""Sending a real collector reports that may be spoilt, and looking at all that it then shows."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from urllib.parse import quote

import httpx
from collector_reports import make_report
from collector_server import JSON, Server
from spoilt_reports import original

PROBLEM = "application/problem+json"
_SHOWN = (("en", "latest"), ("zh", "best"), ("en", "median5"))
PATIENCE_S = 120.0
"""Far more than an answer takes: on a machine that does much else, none is taken for one that never comes."""


class Ingest:
    """A collector with two runs in it that takes spoilt reports; each leaves it as it was.

    `token` is an admin's: it submits as anyone, and deletes. `became` counts what the collector answered.
    """

    def __init__(self, server: Server, token: str) -> None:
        self.became: Counter[str] = Counter()
        self._client: httpx.Client = server.client
        self._client.timeout = PATIENCE_S
        self._client.headers["Authorization"] = f"Bearer {token}"
        self._submit = server.submit
        whole = json.loads(original("whole"))
        assert server.submit(whole).status_code == 201
        other = make_report("WYC")
        assert server.submit(other).status_code == 201
        self._others = [whole["run_id"], other.run_id]
        self._before = self._stored()

    def examine(self, body: bytes) -> None:
        """Stored whole and shown everywhere, or refused with a reason and not stored: AssertionError else."""
        answer = self._submit(body)
        if answer.status_code == 201:
            self.became["stored"] += 1
            run_id = answer.json()["run_id"]
            try:
                self._look(run_id, body)
            finally:
                assert self._client.delete(f"/runs/{run_id}").status_code == 204
        else:
            self._refused(answer)
        assert self._stored() == self._before

    def _refused(self, answer: httpx.Response) -> None:
        assert answer.status_code in (400, 413, 422), answer.text
        assert answer.headers["Content-Type"] == PROBLEM
        assert len(answer.content) < 3000, "a refusal quotes more of the report than a sentence"
        problem = answer.json()
        assert problem["detail"]
        kind = problem["type"].rpartition(":")[2]
        if kind in ("not-a-report", "unsupported-schema"):
            assert problem["field"]
        self.became[f"{answer.status_code} {kind}"] += 1

    def _stored(self) -> list[str]:
        return [run["run_id"] for run in self._get("/runs.json?limit=1000").json()["runs"]]

    def _look(self, run_id: str, body: bytes) -> None:
        assert self._get(f"/runs/{run_id}.json").content == body
        (run,) = (one for one in self._get("/runs.json").json()["runs"] if one["run_id"] == run_id)
        for path in self._addresses(run, json.loads(body)):
            answer = self._get(path)
            if ".json" in path:
                json.loads(answer.content, parse_constant=_no_number)
            elif ".html" in path:
                assert answer.text.rstrip().endswith("</html>")

    def _addresses(self, run: dict[str, Any], document: dict[str, Any]) -> list[str]:
        """Everything that shows the run, pages in both languages."""
        run_id, work = run["run_id"], f"workload={run['workload_id']}"
        pages = (f"/runs/{run_id}.html", "/runs.html", "/members.html")
        found = [f"{page}?lang={language}" for page in pages for language in ("en", "zh")]
        found += [f"/summary.html?{work}&lang={language}&show={show}" for language, show in _SHOWN]
        for language, (a, b) in zip(("en", "zh", "en", "zh"), self._pairs(run_id), strict=True):
            found += [f"/compare.{form}?a={a}&b={b}&lang={language}" for form in ("html", "txt")]
            found.append(f"/compare.json?a={a}&b={b}")
        found += [f"/runs/{run_id}{rest}" for rest in ("", "/receipt", "/stages.csv", "/operators.csv")]
        found += [f"/summary.{form}?{work}" for form in ("json", "csv", "md", "txt")]
        found += ["/runs.csv", "/runs.ndjson", "/members", "/workloads", "/metrics"]
        if run["member"].strip("."):  # "." and ".." in an address are taken out by every client
            member = f"/members/{quote(run['member'], safe='')}"
            found += [f"{member}/history.json?{work}", f"{member}?{work}"]
        sweep = document["meta"].get("sweep") if document.get("schema_version") else None
        return found + ([f"/sweeps/{sweep['sweep_id']}"] if sweep else [])

    def _pairs(self, run_id: str) -> list[tuple[str, str]]:
        same_work, other_work = self._others
        return [(run_id, same_work), (same_work, run_id), (run_id, other_work), (run_id, run_id)]

    def _get(self, path: str) -> httpx.Response:
        page = path.startswith(("/members/", "/sweeps/")) and ".json" not in path
        answer = self._client.get(path, headers={"Accept": "text/html"} if page else JSON)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:1500]}"
        return answer


def _no_number(name: str) -> None:
    raise AssertionError(f"{name} in a JSON answer")
