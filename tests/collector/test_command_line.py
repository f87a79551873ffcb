from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys

import pytest

from bitnet_report import __version__


def run(*arguments, code=None, cwd=None, **environment):
    command = [sys.executable, *(["-c", code] if code else ["-m", "bitnet_collector"]), *arguments]
    env = {key: value for key, value in os.environ.items() if not key.startswith("BITNET_")}
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=200, cwd=cwd, env={**env, **environment}
    )


def refused(done, exit_code, *words):
    assert done.returncode == exit_code, done
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("bitnet-collector: ")
    assert done.stderr.count("\n") == 1, done.stderr
    for word in words:
        assert word in done.stderr


def test_help_imports_nothing_heavy():
    """That it answers at once is tested for both programs, in tests/project."""
    done = run("serve", "--help")
    assert done.returncode == 0
    for option in ("--host", "--port", "--database-url", "--members"):
        assert option in done.stdout
    code = (
        "import sys\nfrom bitnet_collector.cli import run\n"
        "try: run(['--help'])\n"
        "except SystemExit: print([m for m in sys.modules if 'api' in m or 'sql' in m])"
    )
    listed = run(code=code).stdout
    assert listed.endswith("[]\n")
    assert "serve " in listed


def test_version():
    assert run("--version").stdout == f"bitnet-collector {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (["serve", "--port", "65536"], {}, ["--port", "65536", "0 to 65535"]),
        (["serve", "--port", "-1"], {}, ["--port"]),
        (["serve", "--port", "http"], {}, ["--port"]),
        (["serve"], {"BITNET_COLLECTOR_PORT": "x"}, ["BITNET_COLLECTOR_PORT"]),
        (["serve", "--members", "WJ,a b"], {}, ["--members", "a b", "letters"]),
        (["serve", "--members", "WJ,WJ"], {}, ["twice"]),
        (["serve"], {"BITNET_COLLECTOR_MEMBERS": "é"}, ["BITNET_COLLECTOR_MEMBERS"]),
        (["serve", "--host", " "], {}, ["--host"]),
        (["serve", "--database-url", "mysql://x/y"], {}, ["mysql", "sqlite:///"]),
        (["serve", "--database-url", "runs.db"], {}, ["--database-url", "sqlite:///"]),
        (["serve", "--database-url", "sqlite://"], {}, ["memory"]),
        (["serve", "--database-url", "sqlite:///x.db?mode=ro"], {}, ["path"]),
        (["serve"], {"DATABASE_URL": "sqlite:///a%00.db"}, ["NUL"]),
        (["serve"], {"DATABASE_URL": ""}, ["DATABASE_URL", "sqlite:///"]),
        (["serve", "--database-url", "postgresql+psycopg://u:s3cret@h"], {}, ["names no database"]),
        (["serve", "--database-url", "postgresql+psycopg://u:s3@cret@h/d"], {}, ["%40"]),
        (["serve", "--database-url", "postgresql+psycopg://u:s3cret@h:port/d"], {}, ["no database URL"]),
        (["serve", "--database-url", "postgresql+asyncpg://u:s3cret@h/d"], {}, ["asyncpg", "psycopg://"]),
        (["serve"], {"DATABASE_URL": "oracle://u:s3cret@h/d"}, ["oracle"]),
        (["serve", "--workers", "0"], {}, ["--workers", "1 to 64"]),
        (["serve", "--pool-size", "many"], {}, ["--pool-size"]),
        ([], {}, ["serve"]),
    ],
)
def test_what_cannot_be_meant_is_exit_2_with_a_remedy(tmp_path, arguments, environment, words):
    if arguments and "--port" not in arguments:
        environment = {"BITNET_COLLECTOR_PORT": "0", **environment}
    done = run(*arguments, cwd=tmp_path, **environment)
    refused(done, 2, *words)
    assert "cret" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_option_is_exit_2():
    done = run("serve", "--databse", "x")
    assert done.returncode == 2
    assert "--databse" in done.stderr


def test_a_port_in_use_is_exit_4(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        refused(run("serve", "--port", port, cwd=tmp_path), 4, port, "--port")


def test_a_host_that_is_not_here_is_exit_4(tmp_path):
    refused(run("serve", "--port", "0", "--host", "192.0.2.1", cwd=tmp_path), 4, "192.0.2.1", "--host")
    refused(run("serve", "--port", "0", "--host", "no.invalid", cwd=tmp_path), 4, "no.invalid", "--host")


def test_a_database_that_cannot_be_had_is_exit_4(tmp_path):
    text = tmp_path / "text.db"
    text.write_text("this is no database, but a text that is long enough to be looked at as one" * 20)
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE cats (name)")
    connection.close()
    for path, word in (
        (text, "not a database"),
        (foreign, "another program"),
        (tmp_path / "missing" / "x.db", "unable to open"),
        (tmp_path, "unable to open"),
    ):
        before = path.read_bytes() if path.is_file() else None
        refused(run("serve", "--port", "0", "--database-url", f"sqlite:///{path}"), 4, word, "--database-url")
        assert (path.read_bytes() if path.is_file() else None) == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_cannot_be_written_is_exit_4(tmp_path):
    tmp_path.chmod(0o500)
    refused(run("serve", "--port", "0", "--database-url", f"sqlite:///{tmp_path}/x.db"), 4, "--database-url")
    tmp_path.chmod(0o700)


def test_a_missing_extra_is_named():
    code = (
        "import sys; sys.modules['fastapi'] = None\n"
        "from bitnet_collector.__main__ import main; sys.exit(main(['serve', '--port', '0']))"
    )
    refused(run(code=code), 2, "fastapi", "pip install 'bitnet-profiler[collector]'")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_in_order(start_server, number):
    server = start_server()
    assert server.client.get("/health").status_code == 200
    assert server.signal(number) == 0
    assert "Traceback" not in server.said
    assert server.said.count("\n") == 1  # where the summary is, and nothing else


def test_other_machines_may_reach_it_without_tokens_only_where_somebody_says_so(start_server):
    server = start_server("--host", "0.0.0.0", "--open")
    assert "warning" in server.said
    assert "submit" in server.said
    assert server.client.get("/health").status_code == 200
    assert "warning" not in start_server(database="other.db").said


def test_the_environment_sets_what_no_option_does(tmp_path):
    code = (
        "import os; from bitnet_collector.settings import read_settings\n"
        "s = read_settings({'port': '1'}, os.environ); print(s.host, s.port, s.database_url, *s.members)"
    )
    done = run(
        code=code,
        BITNET_COLLECTOR_HOST="::1",
        BITNET_COLLECTOR_PORT="2",
        BITNET_COLLECTOR_DATABASE_URL="sqlite:///x",
        BITNET_COLLECTOR_MEMBERS=" A, B,",
    )
    assert done.stdout == "::1 1 sqlite:///x A B\n"
