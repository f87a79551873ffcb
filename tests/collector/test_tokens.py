from __future__ import annotations

import os
import re
import socket
import subprocess
import sys

import httpx
import pytest
from collector_reports import make_report
from collector_server import JSON, ONLY_SQLITE

TOKEN = re.compile(r"bnt_([0-9a-f]{12})_([A-Za-z0-9_-]{43})\n")


def run(*arguments, database, **environment):
    env = {key: value for key, value in os.environ.items() if not key.startswith("BITNET_")}
    url = database if isinstance(database, str) else f"sqlite:///{database}"
    return subprocess.run(
        [sys.executable, "-m", "bitnet_collector", *arguments],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        env={**env, "BITNET_COLLECTOR_DATABASE_URL": url, **environment},
    )


def make(database, *arguments) -> str:
    done = run("token", "create", *arguments, database=database)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", **JSON}


def test_a_token_is_shown_once_and_its_secret_is_nowhere_afterwards(tmp_path):
    database = tmp_path / "runs.db"
    done = run("token", "create", "WJ", database=database)
    assert done.returncode == 0
    token_id, secret = TOKEN.fullmatch(done.stdout).groups()
    assert token_id in done.stderr
    assert "first" in done.stderr
    assert secret not in done.stderr
    assert "first" not in run("token", "create", "WYC", "--admin", database=database).stderr
    listed = run("token", "list", database=database).stdout
    assert re.search(rf"^{token_id}  WJ +member ", listed, re.MULTILINE)
    assert re.search(r"^\w{12}  WYC +admin ", listed, re.MULTILINE)
    assert secret not in listed
    for file in tmp_path.iterdir():
        assert secret.encode() not in file.read_bytes()


def test_a_revoked_token_is_refused_at_once_by_every_process(start_server):
    one = start_server()
    token = make(one.database_url, "WJ")
    other = start_server()  # another process on the same database
    for server in (one, other):
        assert server.client.get("/whoami", headers=bearer(token)).json()["member"] == "WJ"
        assert server.submit(make_report()).status_code == 401
        assert server.submit(make_report(), Authorization=f"Bearer {token}").status_code == 201
    done = run("token", "revoke", token.split("_")[1], database=one.database_url)
    assert done.returncode == 0
    for server in (one, other):
        answer = server.submit(make_report(), Authorization=f"Bearer {token}")
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (
            401,
            'Bearer error="invalid_token"',
        )
    listed = run("token", "list", database=one.database_url).stdout
    assert len(re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d", listed)) == 2  # made and revoked


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["token"], "token create NAME"),
        (["token", "create", "a b"], "letters"),
        (["token", "revoke", "0" * 12], "token list"),
        (["token", "revoke", "bnt_0123456789ab_" + "s" * 43], "token list"),
        (["token", "revoke", "x" * 99], "token list"),
    ],
)
def test_what_cannot_be_meant_is_exit_2_and_repeats_no_token(tmp_path, arguments, word):
    make(tmp_path / "runs.db", "WJ")
    done = run(*arguments, database=tmp_path / "runs.db")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    assert word in done.stderr
    assert "ssss" not in done.stderr


def test_a_token_stands_in_no_log_and_no_answer(start_server, tmp_path):
    log = tmp_path / "log"
    server = start_server("--log-format", "json", log=log)
    token = make(server.database_url, "WJ", "--admin")
    secret = token.split("_", 2)[2]
    report = make_report()
    answers = [
        server.submit(report, Authorization=f"Bearer {token}"),
        server.submit({"member": "a b"}, Authorization=f"Bearer {token}"),
        *(
            server.client.get(path, headers=bearer(token))
            for path in ("/whoami", "/runs", "/summary", "/metrics")
        ),
        server.client.get("/runs", headers=bearer(token + "x")),
        server.client.get("/runs?cursor=x", headers=bearer(token)),
        server.client.patch(f"/runs/{report.run_id}", headers=bearer(token), content=b'{"note": "seen"}'),
        server.client.get(f"/runs/{report.run_id}.html", headers=bearer(token)),
        server.client.delete(f"/runs/{report.run_id}", headers=bearer(token)),
    ]
    server.stop()
    for text in (*(answer.text + str(answer.headers) for answer in answers), log.read_text(), server.said):
        assert secret not in text
    assert '"path": "/whoami"' in log.read_text()


@pytest.mark.parametrize(
    "options",
    [
        ["--host", "0.0.0.0"],
        ["--host", "::"],
        ["--trusted-proxies", "127.0.0.1"],
        ["--published", "0.0.0.0:8000"],
        ["--published", "8000"],
        ["--published", "[::]:8000"],
    ],
)
def test_without_tokens_it_does_not_start_where_other_machines_reach_it(tmp_path, options):
    database = tmp_path / "runs.db"
    done = run("serve", "--port", "0", *options, database=database)
    assert done.returncode == 2
    assert done.stderr.startswith(f"bitnet-collector: {options[0]}")
    assert done.stderr.count("\n") == 1
    for word in ("no token was made", "token create", "--open"):
        assert word in done.stderr


def test_with_a_token_it_starts_there_without_a_warning(start_server, tmp_path):
    token = make(start_server().database_url, "WJ")
    server = start_server("--host", "0.0.0.0", "--read", "token")
    assert "warning" not in server.said
    assert server.client.get("/summary").status_code == 401
    assert server.client.get("/summary", headers=bearer(token)).status_code == 200
    server.stop()
    assert "no effect" in start_server("--host", "0.0.0.0", "--open").said


@ONLY_SQLITE
def test_in_a_container_whose_port_this_machine_alone_reaches_it_starts_without_a_token(start_server):
    server = start_server(
        "--host", "0.0.0.0", "--published", "127.0.0.1:8000", "--allowed-hosts", "collector"
    )
    assert "warning" not in server.said
    assert server.client.get("/runs").status_code == 200
    assert server.client.get("/runs", headers={"Host": "collector:8000"}).status_code == 200
    assert server.client.get("/runs", headers={"Host": "192.168.0.2"}).status_code == 421


def test_a_trusted_proxy_tells_for_whom_it_asks_and_others_do_not(start_server, tmp_path):
    make(start_server().database_url, "WJ")
    server = start_server("--trusted-proxies", "127.0.0.1", "--rate-limit", "2")
    spoofed = [
        {"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.9"} for n in range(4)
    ]  # the proxy adds the last
    assert [server.client.get("/runs", headers=h).status_code for h in spoofed] == [200, 200, 429, 429]
    assert server.client.get("/runs", headers={"X-Forwarded-For": "203.0.113.10"}).status_code == 200
    direct = start_server("--rate-limit", "2")
    assert [direct.client.get("/runs", headers=h).status_code for h in spoofed] == [200, 200, 429, 429]


@ONLY_SQLITE
def test_bound_to_both_kinds_of_address_an_ipv4_client_is_the_one_that_it_is(start_server, tmp_path):
    try:
        socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True).close()
    except (OSError, ValueError):
        pytest.skip("this machine has no IPv6 socket that takes IPv4 as well")
    make(start_server().database_url, "WJ")
    log = tmp_path / "log"
    server = start_server("--host", "::", "--trusted-proxies", "127.0.0.1", "--rate-limit", "2", log=log)
    address = server.url.replace("[::1]", "127.0.0.1")
    asked = [
        httpx.get(
            f"{address}/runs", headers={"X-Forwarded-For": client}, trust_env=False, timeout=60
        ).status_code
        for client in ["203.0.113.9"] * 3 + ["203.0.113.10"]
    ]
    assert asked == [200, 200, 429, 200]
    server.stop()
    assert "client=203.0.113.10" in log.read_text()


def test_a_mistyped_database_is_told_and_not_made(tmp_path):
    for arguments in (["list"], ["revoke", "0123456789ab"]):
        done = run("token", *arguments, database=tmp_path / "typo.db")
        assert (done.returncode, "no database" in done.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []
    first = run("token", "create", "WJ", database=tmp_path / "new.db")
    assert f"{tmp_path / 'new.db'} (made just now" in first.stderr
    assert "made just now" not in run("token", "create", "WYC", database=tmp_path / "new.db").stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--read", "some"], ["--read", "open", "token"]),
        (["--allowed-hosts", "http://x"], ["--allowed-hosts", "http://x"]),
        (["--trusted-proxies", "proxy"], ["--trusted-proxies", "10.0.0.0/24"]),
        (["--rate-limit", "-1"], ["--rate-limit"]),
        (["--client-timeout", "0"], ["--client-timeout"]),
        (["--client-timeout", "nan"], ["--client-timeout"]),
        (["--max-connections", "0"], ["--max-connections"]),
    ],
)
def test_a_setting_that_cannot_be_meant_is_exit_2(tmp_path, arguments, words):
    done = run("serve", "--port", "0", *arguments, database=tmp_path / "runs.db")
    assert done.returncode == 2
    for word in words:
        assert word in done.stderr


def test_the_environment_opens_it_as_the_option_does(tmp_path):
    done = run(
        "serve", "--port", "0", "--host", "0.0.0.0", database=tmp_path / "x.db", BITNET_COLLECTOR_OPEN="maybe"
    )
    assert (done.returncode, "BITNET_COLLECTOR_OPEN" in done.stderr) == (2, True)
