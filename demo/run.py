"""`make demo`: a collector of its own, each member profiled by the real agent, and the merged table.

Settings come from the environment, as make hands them on: MODEL, MEMBER, SERVE and PORT. Everything that
the demo writes lies in `.demo/`, apart from real runs.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

HOST = "127.0.0.1"
TEAM = ("WJ", "WYC", "LCJ")
FOLDER = Path(__file__).resolve().parent.parent / ".demo"
COLLECTOR_LOG = FOLDER / "collector.log"
STARTUP_SECONDS = 180  # far: a collector that fails ends, which is seen at once
SHUTDOWN_SECONDS = 15

_ADDRESS = re.compile(r"the summary is at (http://\S+)/summary")
_direct = build_opener(ProxyHandler({}))  # a proxy knows nothing of this machine's own loopback


class DemoError(Exception):
    """The demo cannot go on; `exit_code` is what it ends with."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        """Keep the exit code beside the sentence."""
        super().__init__(message)
        self.exit_code = exit_code


def main() -> int:
    """Run the demo as the environment asks; give back the exit code."""
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that `kill` stops the collector too
    model = os.environ.get("MODEL") or "stand-in:tiny"
    members = [os.environ["MEMBER"]] if os.environ.get("MEMBER") else list(TEAM)
    serve = os.environ.get("SERVE", "1") != "0"
    try:
        port = _port(os.environ.get("PORT") or "8000")
        FOLDER.mkdir(exist_ok=True)
        with _collector(port) as (url, process):
            for member in members:
                _profile(member, model, url)
            _show_table(url, members)
            if serve:
                _serve(url, process)
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("\ndemo: stopped before the end", file=sys.stderr)
        return 130
    return 0


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise DemoError(f"PORT={text} is no port; give a number from 0 (any free one) to 65535", 2)
    port = int(text)
    with socket.socket() as probe:
        if port and probe.connect_ex((HOST, port)) == 0:
            other = port + 1 if port < 65535 else 8000
            raise DemoError(f"port {port} is taken by another program; choose one: make demo PORT={other}", 2)
    return port


@contextmanager
def _collector(port: int) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run a collector on the demo's own database until the block ends, however it ends; port 0: any free."""
    command = [sys.executable, "-m", "bitnet_collector", "serve"]
    options = [f"--host={HOST}", f"--port={port}", f"--members={','.join(TEAM)}"]
    database = f"--database-url=sqlite:///{(FOLDER / 'demo.db').as_posix()}"
    with COLLECTOR_LOG.open("wb") as log:
        process = subprocess.Popen([*command, *options, database], stdout=log, stderr=log)  # noqa: S603  (our own program)
        try:
            url = _wait_until_ready(process)
            print(f"Collector: {url} (database and log in {FOLDER})", flush=True)
            yield url, process
        finally:
            process.terminate()
            try:
                process.wait(SHUTDOWN_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes]) -> str:
    """The collector's address: it says it once it answers, and it alone knows what port it has got."""
    deadline = time.monotonic() + STARTUP_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        said = COLLECTOR_LOG.read_text(encoding="utf-8", errors="replace")
        if found := _ADDRESS.search(said):
            with suppress(URLError, OSError):
                _get(f"{found[1]}/ready")
                return found[1]
        time.sleep(0.1)
    why = COLLECTOR_LOG.read_text(encoding="utf-8", errors="replace").strip() or "it said nothing"
    raise DemoError(f"the collector did not start: {why}", process.poll() or 1)


def _profile(member: str, model: str, url: str) -> None:
    print(f"\nProfiling {model} as {member} …", flush=True)
    report = FOLDER / f"report-{member}.json"
    command = [sys.executable, "-m", "bitnet_agent", f"--collector={url}", f"--member={member}"]
    agent = subprocess.run(  # noqa: S603  (our own program)
        [*command, f"--model={model}", f"--output={report}"],
        check=False,
        env={**os.environ, "NO_PROXY": HOST, "no_proxy": HOST, "BITNET_AGENT_STATE": str(FOLDER / "state")},
    )
    if agent.returncode:
        exit_code = agent.returncode if agent.returncode > 0 else 1  # below zero: ended by a signal
        raise DemoError(f"profiling as {member} failed (exit code {exit_code})", exit_code)


def _show_table(url: str, members: list[str]) -> None:
    print(f"\n{_get(f'{url}/summary.txt').decode()}")
    if len(members) > 1:
        print("Three members, one machine: the rows should agree to within this machine's noise.")
    print(f"Reports: {FOLDER}", flush=True)


def _serve(url: str, process: subprocess.Popen[bytes]) -> None:
    try:
        print(f"\nOpen {url}/summary in a browser. Ctrl-C ends the demo.", flush=True)
        process.wait()
    except KeyboardInterrupt:
        print("\nThe collector is stopped. `make demo` shows these runs again beside new ones.", flush=True)
    else:
        raise DemoError(f"the collector ended by itself; see {COLLECTOR_LOG}", process.returncode or 1)


def _get(url: str) -> bytes:
    with _direct.open(url, timeout=10) as response:
        body: bytes = response.read()
        return body


if __name__ == "__main__":
    sys.exit(main())
