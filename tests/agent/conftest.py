"""What the agent's tests share: a tiny checkpoint, one profiled run, collectors that misbehave."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

SMALL = [
    "--model", "stand-in:tiny", "--prompt-tokens", "16", "--decode-tokens", "3", "--threads", "1",
    "--no-limits",
]  # fmt: skip
"""Options of a real run that takes about a second once torch's compiled code is cached."""

FOREIGN = (
    "glibc_tunables", "ld_preload",
    "http_proxy", "https_proxy", "all_proxy", "no_proxy", "cxx", "hf_endpoint", "hf_home", "hf_hub_cache",
    "hf_hub_offline", "hf_token", "transformers_offline", "lang", "lc_all", "lc_messages", "language",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in Path(item.path).parents:
            item.add_marker(pytest.mark.agent)


@pytest.fixture(scope="session", autouse=True)
def own_places(tmp_path_factory) -> Iterator[None]:
    """Caches in the session's directory, and no setting of the person who runs the tests."""
    places = tmp_path_factory.mktemp("places")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.lower() in FOREIGN or name.startswith("BITNET_"):
                patch.delenv(name)
        patch.setenv("BITNET_AGENT_CACHE", str(places / "agent"))
        patch.setenv("HF_HOME", str(places / "hub"))
        patch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # never the real hub, even by mistake
        patch.setenv("LC_ALL", "C.UTF-8")
        yield


@pytest.fixture(autouse=True)
def state(tmp_path_factory, monkeypatch) -> Path:
    """Where this test's agents keep reports on their way: the spool is this test's own."""
    place = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("BITNET_AGENT_STATE", str(place))
    return place


@pytest.fixture(scope="session")
def tiny(own_places) -> Path:
    """A stand-in checkpoint; not to be changed."""
    from bitnet_agent.stand_in import cached_stand_in

    return cached_stand_in("tiny")


@pytest.fixture
def tiny_copy(tiny, tmp_path) -> Path:
    """A stand-in checkpoint to be damaged."""
    return Path(shutil.copytree(tiny, tmp_path / "copy"))


@pytest.fixture(scope="session")
def checkpoint(tiny):
    from bitnet_agent.checkpoint.finding import find_checkpoint

    return find_checkpoint(str(tiny))


@pytest.fixture(scope="session")
def tokenizer(checkpoint):
    from bitnet_agent.checkpoint.model import load_tokenizer

    return load_tokenizer(checkpoint)


@pytest.fixture(scope="session")
def model(checkpoint):
    """The tiny checkpoint, loaded as the agent loads it."""
    from bitnet_agent.checkpoint.model import import_libraries, load_model, set_threads

    import_libraries()
    set_threads(1)
    return load_model(checkpoint, "bfloat16", lambda _: None)


def run_agent(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "bitnet_agent", *arguments],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        timeout=400,  # under the limit of a test; compiling took 130 s beside two busy loops
        check=False,
    )


@pytest.fixture
def agent(tmp_path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run the real program in this test's directory; keywords are environment variables."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
        return run_agent(*arguments, cwd=tmp_path, **environment)

    return run


@dataclass
class Run:
    """One run of the real program and what it left."""

    code: int
    stdout: bytes
    stderr: str
    file: Path
    arguments: list[str]

    @property
    def body(self) -> bytes:
        return self.file.read_bytes()

    @property
    def document(self) -> dict[str, Any]:
        return json.loads(self.body)


@pytest.fixture(scope="session")
def profiled(tiny, tmp_path_factory) -> Run:
    """One run of the real program on the tiny stand-in, shared by the tests that look at it."""
    place = tmp_path_factory.mktemp("profiled")
    small = [option for option in SMALL if option != "--no-limits"]
    arguments = [*small, "--repetitions", "3", "--member", "WJ", "--note", "共享", "--json", "--lang", "en"]
    ended = run_agent(*arguments, cwd=place)
    file = place / "docs" / "inference_profile_report.json"
    return Run(ended.returncode, ended.stdout, ended.stderr.decode(), file, arguments)


@pytest.fixture
def here(tmp_path, monkeypatch, capsys) -> Callable[..., SimpleNamespace]:
    """Run `main` in this process, in this test's directory: quick, since torch is imported already."""
    from bitnet_agent.cli import main

    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> SimpleNamespace:
        capsys.readouterr()
        try:
            code = main(arguments)
        except SystemExit as ended:
            code = ended.code
        shown = capsys.readouterr()
        return SimpleNamespace(code=code, out=shown.out, err=shown.err)

    return run


@pytest.fixture
def refused(here) -> Callable[..., str]:
    """Run `main` and see that it ends with this code, one sentence and one remedy; gives what was said."""

    def run(code: int, *arguments: str) -> str:
        ended = here(*arguments)
        assert ended.code == code, ended.err
        return one_clear_sentence(ended.err)

    return run


def one_clear_sentence(said: str) -> str:
    assert "Traceback" not in said
    lines = said.splitlines()
    assert sum(line.startswith("Error: ") for line in lines) == 1, said
    remedies = [line for line in lines if line.startswith("What to do: ")]
    assert len(remedies) == 1, said
    assert len(remedies[0]) > 20
    return said


@pytest.fixture
def clear() -> Callable[[str], str]:
    """See that what was said is one error with one remedy, and no traceback."""
    return one_clear_sentence


class TestClock:
    """Seconds that pass only when a test says so."""

    __test__ = False

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def pass_ms(self, milliseconds: float) -> None:
        self.seconds += milliseconds / 1000


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@dataclass
class FakeCollector:
    """An HTTP server on this machine that answers as it is told, and keeps what it was sent.

    `gives` holds what a GET is answered with, by path: status and JSON; anything else is not there.
    """

    answer: Callable[[bytes], tuple[int, str, bytes]]
    bodies: list[bytes] = field(default_factory=list)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    """Each request's method and path, and what it was authorized by."""
    headers: dict[str, str] = field(default_factory=dict)
    gives: dict[str, tuple[int, Any]] = field(default_factory=dict)
    url: str = ""

    @property
    def requests(self) -> list[str]:
        return [request for request, _ in self.asked]

    @property
    def tokens(self) -> list[str | None]:
        return [token for _, token in self.asked]

    def handler(self) -> type[BaseHTTPRequestHandler]:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                collector.asked.append((f"GET {self.path}", self.headers["Authorization"]))
                nothing = {"type": "urn:x:not-found", "title": "There is nothing here", "detail": "nothing"}
                status, document = collector.gives.get(self.path, (404, nothing))
                self.give(status, "application/json", json.dumps(document).encode())

            def do_POST(self) -> None:
                collector.asked.append((f"POST {self.path}", self.headers["Authorization"]))
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.bodies.append(body)
                self.give(*collector.answer(body))

            def give(self, status: int, kind: str, content: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                for name, value in collector.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


def receipt(body: bytes, status: int = 201) -> tuple[int, str, bytes]:
    """What an honest collector answers."""
    said = {"run_id": json.loads(body)["run_id"], "sha256": hashlib.sha256(body).hexdigest(), "durable": True}
    return status, "application/json", json.dumps(said).encode()


@pytest.fixture
def collector() -> Iterator[Callable[..., FakeCollector]]:
    """Start collectors that answer a POST as the test says; without saying, honestly."""
    servers = []

    def start(
        answer: Callable[[bytes], tuple[int, str, bytes]] = receipt, *, health: int = 200
    ) -> FakeCollector:
        fake = FakeCollector(answer)
        fake.gives["/health"] = (health, {"status": "ok", "version": "9.9", "schema_versions": [0, 1]})
        server = ThreadingHTTPServer(("127.0.0.1", 0), fake.handler())
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        fake.url = f"http://127.0.0.1:{server.server_port}"
        return fake

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def patient_doctor(monkeypatch) -> None:
    """Doctor waits for hub and collector as long as it takes, where its patience is not what is tested."""
    from bitnet_agent.doctor import examination, hub, service

    for module in (examination, hub, service):
        monkeypatch.setattr(module, "_PATIENCE_S", 60.0)
