"""The published model from a hub: downloaded, profiled, kept; and every way in which it cannot be had.

The hub is one of our own on this machine: as much of the Hugging Face Hub's HTTP interface as the client
needs, serving the tiny stand-in as if it were published.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytestmark = pytest.mark.agent

PUBLISHED = "microsoft/bitnet-b1.58-2B-4T-bf16"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
MODEL = 3
RUN = ["--prompt-tokens", "8", "--decode-tokens", "2", "--repetitions", "1", "--threads", "1", "--lang", "en"]


class Hub:
    """Serves one model at one commit; `state` is None, gated, gated and signed in, broken or garbage."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.state: str | None = None
        self.served: list[str] = []
        self.before_weights = lambda: None
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                hub.answer(self, body=True)

            def do_HEAD(self) -> None:
                hub.answer(self, body=False)

            def log_message(self, *_) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, request: BaseHTTPRequestHandler, *, body: bool) -> None:
        path = request.path.partition("?")[0]
        status, content, headers = self.find(path, body)
        if status == 200:
            self.served.append(path)
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        if body:
            request.wfile.write(content)

    def find(self, path: str, body: bool) -> tuple[int, bytes, dict[str, str]]:
        if self.state == "broken":
            return 500, b"", {}
        if self.state == "garbage":
            return 200, b"<html>Log in to this network</html>", {"Content-Type": "text/html"}
        if self.state and self.state.startswith("gated"):
            return (403 if "signed in" in self.state else 401), b"", {"X-Error-Code": "GatedRepo"}
        api = f"/api/models/{PUBLISHED}"
        if path == api or path in (f"{api}/revision/main", f"{api}/revision/{COMMIT}"):
            siblings = [{"rfilename": name} for name in self.files]
            return 200, json.dumps({"id": PUBLISHED, "sha": COMMIT, "siblings": siblings}).encode(), {}
        if path == f"{api}/tree/{COMMIT}":
            entries = [
                {"type": "file", "path": name, "size": len(content), "oid": etag(content)}
                for name, content in self.files.items()
            ]
            return 200, json.dumps(entries).encode(), {"Content-Type": "application/json"}
        name = path.removeprefix(f"/{PUBLISHED}/resolve/{COMMIT}/")
        if name in self.files:
            if body and name.endswith(".safetensors"):
                self.before_weights()
            content = self.files[name]
            return 200, content, {"ETag": f'"{etag(content)}"', "X-Repo-Commit": COMMIT}
        if path.startswith((api, f"/{PUBLISHED}/")):
            return 404, b"", {"X-Error-Code": "RevisionNotFound"}
        return 404, b"", {"X-Error-Code": "RepoNotFound"}


def etag(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()


@pytest.fixture(scope="module")
def files(tiny) -> dict[str, bytes]:
    """The tiny stand-in without the mark of one, and files that nobody needs."""
    files = {file.name: file.read_bytes() for file in tiny.iterdir()}
    config = json.loads(files["config.json"])
    del config["bitnet_stand_in"]
    files["config.json"] = json.dumps(config).encode()
    return files | {"README.md": b"# A model", "pytorch_model.bin": b"x" * 1000, "run.py": b"print()"}


@pytest.fixture
def hub(files):
    hub = Hub(files)
    yield hub
    hub.server.shutdown()
    hub.server.server_close()


@pytest.fixture
def ask(agent, hub, tmp_path):
    """Run the real program with this hub and a cache of the test's own."""

    def run(*arguments: str, **environment: str):
        places = {"HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "hf"), "HF_HUB_DISABLE_XET": "1"}
        return agent(*RUN, *arguments, **(places | environment))

    return run


@pytest.fixture
def refused(ask, clear):
    def run(*arguments: str, **environment: str) -> str:
        ended = ask(*arguments, **environment)
        assert ended.returncode == MODEL, ended.stderr.decode()
        return clear(ended.stderr.decode())

    return run


def test_the_published_model_is_downloaded_profiled_and_kept(ask, hub, tmp_path):
    ended = ask("--json")
    assert ended.returncode == 0, ended.stderr.decode()
    first = json.loads(ended.stdout)
    assert first["meta"]["model_name"] == PUBLISHED
    assert first["meta"]["model_revision"] == COMMIT
    assert first["meta"]["weights"] == "published"
    assert "stand-in" not in [caveat["code"] for caveat in first["quality"]["caveats"]]
    fetched = {path.rpartition("/")[2] for path in hub.served if "/resolve/" in path}
    assert fetched == {*hub.files} - {"README.md", "pytorch_model.bin", "run.py"}
    assert "model.safetensors" in ended.stderr.decode() or "%" in ended.stderr.decode()  # its progress

    hub.served.clear()
    ended = ask("--json", "--quiet", HF_HUB_OFFLINE="1")
    assert ended.returncode == 0, ended.stderr.decode()
    again = json.loads(ended.stdout)
    assert hub.served == []
    assert ended.stderr == b""
    assert again["meta"]["model_revision"] == COMMIT
    for key in ("model_sha256", "prompt_sha256", "generated_sha256"):
        assert again["workload"][key] == first["workload"][key]


def test_a_model_that_the_hub_does_not_have(refused):
    said = refused("--model", "microsoft/bitnet-b1.58-9B")
    assert "the hub has no model microsoft/bitnet-b1.58-9B" in said
    assert f"the brief's is {PUBLISHED}" in said


def test_a_revision_that_the_model_does_not_have(refused):
    assert f"{PUBLISHED} has no revision v9" in refused("--revision", "v9")


@pytest.mark.parametrize("state", ["gated", "gated and signed in"])
def test_a_model_behind_a_gate(refused, hub, state):
    hub.state = state
    said = refused()
    assert "only to those with leave" in said
    assert "hf auth login" in said


@pytest.mark.parametrize("state", ["broken", "garbage"])
def test_a_hub_that_is_out_of_order(refused, hub, state):
    hub.state = state
    said = refused()
    assert PUBLISHED in said
    assert f"HF_ENDPOINT (now {hub.url})" in said


def test_a_checkpoint_of_another_architecture(refused, hub):
    hub.files = hub.files | {"config.json": b'{"model_type": "llama"}'}
    assert "not 'bitnet'" in refused()


def test_no_network(refused, closed_port):
    said = refused(HF_ENDPOINT=f"http://127.0.0.1:{closed_port}")
    assert "the hub cannot be reached" in said
    assert f"HF_ENDPOINT (now http://127.0.0.1:{closed_port})" in said


def test_offline_and_not_in_the_cache(refused, hub):
    said = refused(HF_HUB_OFFLINE="1")
    assert "is not in the cache" in said
    assert "unset HF_HUB_OFFLINE" in said
    assert hub.served == []


def test_without_an_endpoint_the_remedy_names_a_mirror(monkeypatch):
    from bitnet_agent.checkpoint import finding

    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    assert "HF_ENDPOINT to a mirror" in finding._no_hub_remedy()


def test_a_download_is_no_part_of_any_stage(hub, tmp_path, monkeypatch):
    """The clock gains an hour while the hub sends the weights."""
    import huggingface_hub.constants as settings

    from bitnet_agent.display import SilentDisplay
    from bitnet_agent.plan import Plan, Prompt
    from bitnet_agent.profiling import profile

    lost = []
    hub.before_weights = lambda: lost.append(3600.0)
    monkeypatch.setattr(settings, "ENDPOINT", hub.url)
    files = hub.url + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(settings, "HUGGINGFACE_CO_URL_TEMPLATE", files)
    monkeypatch.setattr(settings, "HF_HUB_CACHE", str(tmp_path / "hf"))
    monkeypatch.setattr(settings, "HF_HUB_DISABLE_XET", True)
    plan = Plan(prompt=Prompt(None, 8), decode_tokens=2, repetitions=1, threads=1)

    report = profile(plan, SilentDisplay(), lambda: time.perf_counter() + sum(lost))

    assert lost == [3600.0]
    assert report.meta.weights == "published"
    assert max(stage.duration_ms for stage in report.stage_profiles) < 3_600_000
