"""Requests that schemathesis makes up from a collector's OpenAPI document, and what its answers must be."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import requests
import schemathesis
from collector_reports import make_report
from collector_server import JSON, Server
from collector_spoilt import PATIENCE_S
from fuzzing import examine_all
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bitnet_report import new_run_id

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
_ACCEPTED = (
    "*/*",
    "text/html",
    "application/json",
    "text/csv",
    "text/plain;q=0.5, */*;q=0.1",
    "image/png",
    ";",
)
_MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
_GENERATED = "as generated"
_OWN = "a run of its own"
_NOBODYS = "01890000-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Asked:
    """One request: schemathesis' case, headers beside it, and whether its body or its run is a good one."""

    case: schemathesis.Case
    headers: dict[str, str]
    token: str | None
    good_body: bool


class Client:
    """Asks a collector everything that its document declares, with one of `tokens` each time (None: without).

    `submitter` is the token that stores the runs which requests are about; None where that takes none.
    """

    def __init__(self, server: Server, tokens: Sequence[str | None], submitter: str | None = None) -> None:
        self.statuses: Counter[int] = Counter()
        self._server = server
        self._tokens = [*tokens, *tokens, *tokens, None, _GENERATED]
        self._submitter = submitter
        self._session = requests.Session()
        self._session.headers["Connection"] = "close"  # a kept one may be closed just when it is used again
        self._schema = schemathesis.openapi.from_url(
            f"{server.url}/openapi.json", config=schemathesis.Config()
        )
        self._known = self._store()

    def operations(self) -> Iterator[schemathesis.APIOperation]:
        """Every operation of the document."""
        for found in self._schema.get_all_operations():
            yield found.ok()

    def faults(self, examples: int, seed: int | None = None) -> list[str]:
        """Ask each operation so often; what does not hold, with the request that shows it."""
        found = []
        for operation in self.operations():
            try:
                for asked in self._certain(operation):
                    self.ask(asked)
                examine_all(self._requests(operation), self.ask, examples, seed)
            except (Exception, FailureGroup) as error:  # noqa: BLE001  (the next one is asked all the same)
                found.append(f"{operation.label}: {told(error)}")
        return found

    def repeat(self, label: str, times: int) -> None:
        """Ask what is certain of one operation, so often at once."""
        (operation,) = (one for one in self.operations() if one.label == label)
        for asked in [*self._certain(operation)] * times:
            self.ask(asked)

    def ask(self, asked: Asked) -> None:
        """Send it, and hold the answer against the document."""
        case = asked.case
        if case.path_parameters.get("run_id") == _OWN:
            case.path_parameters["run_id"] = self._submit("WJ")
        if asked.good_body:
            case.body = json.loads(make_report("WJ", run_id=new_run_id()).to_json())
        if asked.token != _GENERATED:
            case.headers.pop("Authorization", None)
        headers = dict(asked.headers)
        if asked.token not in (None, _GENERATED):
            headers["Authorization"] = f"Bearer {asked.token}"
        answer = case.call(
            base_url=self._server.url, session=self._session, headers=headers, timeout=PATIENCE_S
        )
        self.statuses[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS, headers=headers)

    def _certain(self, operation: schemathesis.APIOperation) -> Iterator[Asked]:
        """What is stored, deleted and refused for each usual reason, whatever a few drawn ones come to."""
        mine = self._tokens[0]

        def asked(token: str | None = mine, good_body: bool = False, **parts: Any) -> Asked:
            headers = {"Accept": "application/json", **parts.pop("asking", {})}
            return Asked(operation.Case(headers={}, **parts), headers, token, good_body)

        match operation.label:
            case "POST /runs":
                yield asked(good_body=True, media_type="application/json")
                yield asked(body={}, media_type="application/json")  # 422
            case "DELETE /runs/{run_id}":
                yield asked(path_parameters={"run_id": _OWN})
                yield asked(None, path_parameters={"run_id": _NOBODYS})  # 401
            case "GET /runs/{run_id}":
                yield asked(path_parameters={"run_id": _NOBODYS})  # 404
            case "GET /runs.json":
                yield asked(query={"limit": 0})  # 400
            case "GET /summary.json":
                yield asked(asking={"If-None-Match": "*"})  # 304
            case "GET /summary":
                yield asked(asking={"Accept": "image/png"})  # 406

    def _requests(self, operation: schemathesis.APIOperation) -> st.SearchStrategy[Asked]:
        """Good and bad ones; where they name something stored, as often one that is there."""

        @st.composite
        def made(draw: st.DrawFn) -> Asked:
            case = draw(operation.as_strategy(generation_mode=draw(st.sampled_from(_MODES))))
            for given in (case.path_parameters, case.query):
                for name in sorted(set(given or {}) & set(self._known)):  # in no order of hashes
                    if draw(st.booleans()):
                        given[name] = draw(st.sampled_from(self._known[name]))
            if operation.method.upper() == "DELETE" and draw(st.booleans()):
                case.path_parameters["run_id"] = _OWN
            headers = {"Accept": draw(st.sampled_from(_ACCEPTED))}
            if draw(st.integers(0, 7)) == 0:
                headers["If-None-Match"] = draw(st.sampled_from([self._known_tag(), '"x"', "*"]))
            good = operation.method.upper() == "POST" and draw(st.booleans())
            return Asked(case, headers, draw(st.sampled_from(self._tokens)), good)

        return made()

    def _store(self) -> dict[str, list[Any]]:
        """Store some runs; what can be named of them, by the names of the parameters that take it."""
        sweep = new_run_id()
        ids = [self._submit("WJ"), self._submit("WYC"), self._submit("WJ", sweep_id=sweep)]
        page = self._get("/runs.json?limit=1").json()
        run = page["runs"][0]
        return {
            "run_id": ids,
            "a": ids,
            "b": ids,
            "name": ["WJ", "WYC", "LCJ"],
            "member": ["WJ", "nobody"],
            "model": [run["model"]],
            "workload": [run["workload_id"]],
            "sweep_id": [sweep],
            "cursor": [page["next"].partition("cursor=")[2].partition("&")[0]],
            "lang": ["en", "zh"],
        }

    def _submit(self, member: str, sweep_id: str | None = None) -> str:
        document = json.loads(make_report(member).to_json())
        if sweep_id:
            document["meta"]["sweep"] = {"sweep_id": sweep_id, "points": 1, "rounds": 1}
        answer = self._server.submit(document, **self._bearer())
        assert answer.status_code == 201, answer.text
        return str(document["run_id"])

    def _known_tag(self) -> str:
        """The summary's of now; any other where the rate limit lets it not be asked for."""
        return self._get("/summary.json").headers.get("ETag", '"x"')

    def _get(self, path: str) -> Any:
        return self._server.client.get(path, headers=self._bearer())

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._submitter}", **JSON} if self._submitter else {**JSON}


def told(error: BaseException) -> str:
    """An error, those inside it where it is several, and hypothesis' notes on how to have it again."""
    inner = "".join(f"\n{told(one)}" for one in getattr(error, "exceptions", ()))
    return "\n".join([str(error) + inner, *getattr(error, "__notes__", ())])
