"""A member's token: where it may come from, where it may go, and that nobody sees it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bitnet_agent.delivery.address import check_collector_url
from bitnet_agent.delivery.token import Token, find_token
from bitnet_agent.errors import UsageError

pytestmark = pytest.mark.agent

REPORT = Path(__file__).parent.parent / "golden" / "report-v1.json"
RUN_ID = "01a20bb6-de44-73a6-80c1-69dbdd5c0815"
SECRET = "bnp_s3cret-Token.of~WJ+1/x=="
SENT = f"Bearer {SECRET}"

posix = pytest.mark.skipif(os.name != "posix", reason="the rights of a file are POSIX's")


@pytest.fixture
def token_file(tmp_path) -> Path:
    file = tmp_path / "token"
    file.write_text(f"{SECRET}\n")
    file.chmod(0o600)
    return file


@pytest.mark.parametrize("around", ["{}", "  {}\n", "{}\r\n", "\t{} \n\n"])
def test_blanks_and_line_ends_around_it_are_cut_off(tmp_path, monkeypatch, around):
    file = tmp_path / "token"
    file.write_bytes(around.format(SECRET).encode())
    assert find_token(file).secret == SECRET
    monkeypatch.setenv("BITNET_TOKEN", around.format(SECRET))
    assert find_token(None).secret == SECRET


def test_a_windows_editors_mark_is_no_part_of_it(tmp_path):
    (tmp_path / "token").write_bytes(b"\xef\xbb\xbf" + SECRET.encode())
    assert find_token(tmp_path / "token").secret == SECRET


def test_without_either_there_is_none_and_the_file_wins(token_file, monkeypatch):
    assert find_token(None) is None
    monkeypatch.setenv("BITNET_TOKEN", "another")
    assert find_token(token_file).secret == SECRET


@pytest.mark.parametrize(
    "value", ["", "  \n", "two words", "line\nbreak", "X: y\r\nHost: z", "tökén", "a" * 5000, "令牌"]
)
def test_what_is_no_token_is_refused_and_not_repeated(tmp_path, monkeypatch, value):
    file = tmp_path / "token"
    file.write_bytes(value.encode())
    with pytest.raises(UsageError) as error:
        find_token(file)
    assert error.value.remedy
    said = error.value.message + error.value.remedy
    assert not value.strip() or value not in said
    if len(value) < 5000:
        monkeypatch.setenv("BITNET_TOKEN", value)
        with pytest.raises(UsageError, match="BITNET_TOKEN"):
            find_token(None)


@pytest.mark.parametrize("place", ["nowhere", "."])
def test_a_file_that_cannot_be_read_is_one_sentence(refused, collector, place):
    said = refused(2, "push", str(REPORT), "--collector", collector().url, "--token-file", place)
    assert "token file" in said


def test_a_token_does_not_show_itself():
    token = Token(SECRET, "BITNET_TOKEN")
    assert SECRET not in repr(token) + str(token) + f"{token}"


@pytest.mark.parametrize("verb", [[], ["push"], ["verify"], ["compare"], ["doctor"]])
@pytest.mark.parametrize("spelling", [["--token", SECRET], [f"--token={SECRET}"]])
def test_no_option_takes_one_and_it_is_not_repeated(here, verb, spelling):
    ended = here(*verb, *spelling)
    assert ended.code == 2
    assert "BITNET_TOKEN" in ended.err
    assert SECRET not in ended.err


@pytest.mark.parametrize(
    "url",
    [
        f"http://WJ:{SECRET}@127.0.0.1:8000",
        f"http://{SECRET}@127.0.0.1:8000",
        f"https://c.example/?token={SECRET}",
        f"https://c.example/#{SECRET}",
        f"ftp://WJ:{SECRET}@c.example",
        f"WJ:{SECRET}@c.example",
    ],
)
def test_an_address_with_a_secret_in_it_is_refused_and_not_repeated(url):
    with pytest.raises(UsageError) as error:
        check_collector_url(url)
    assert SECRET not in error.value.message + error.value.remedy
    assert "BITNET_TOKEN" in error.value.remedy


def calls(url: str) -> dict[str, list[str]]:
    return {
        "push": ["push", str(REPORT), "--collector", url, "--retry-for", "0"],
        "push --all": ["push", "--all", "--collector", url, "--retry-for", "0"],
        "verify": ["verify", str(REPORT), "--collector", url, "--retry-for", "0"],
        "verify --all": ["verify", "--all", "--collector", url, "--retry-for", "0"],
        "roofline": ["roofline", RUN_ID, "--collector", url],
        "operators": ["operators", RUN_ID, "--collector", url],
        "compare": ["compare", RUN_ID, RUN_ID, "--collector", url],
        "doctor": ["doctor", "--model", "stand-in:tiny", "--collector", url, "--member", "WJ"],
        "profile": ["--model", "stand-in:tiny", "--prompt-tokens", "8", "--decode-tokens", "2", "--quick",
                    "--threads", "1", "--member", "WJ", "--collector", url, "--retry-for", "0"],
    }  # fmt: skip


@pytest.fixture
def collecting(collector):
    """A collector that takes and gives the golden report."""
    running = collector()
    stored = {"run_id": RUN_ID, "sha256": "0" * 64, "durable": True}
    running.gives |= {
        f"/runs/{RUN_ID}.json": (200, json.loads(REPORT.read_bytes())),
        f"/runs/{RUN_ID}/receipt": (200, stored),
        "/whoami": (200, {"role": "member", "member": "WJ", "may": ["read", "submit"]}),
    }
    return running


@pytest.mark.parametrize("verb", calls(""))
@pytest.mark.parametrize("way", ["variable", "file"])
def test_every_command_that_asks_a_collector_sends_it_and_shows_it_nowhere(
    here, collecting, patient_doctor, monkeypatch, token_file, tmp_path, state, verb, way
):
    if "--all" in verb:
        here("push", str(REPORT), "--collector", "http://127.0.0.1:9", "--retry-for", "0")
    options = ["--token-file", str(token_file)] if way == "file" else []
    if way == "variable":
        monkeypatch.setenv("BITNET_TOKEN", f" {SECRET}\n")
    ended = here(*calls(collecting.url)[verb], *options)

    asked = dict(collecting.asked)
    asked.pop("GET /health", None)  # open to all
    if verb != "verify --all":  # nothing was delivered there, so nothing is asked
        assert set(asked.values()) == {SENT}
    assert SECRET not in ended.out + ended.err
    kept = [file for place in (tmp_path, state) for file in place.rglob("*") if file.is_file()]
    assert [file for file in kept if file != token_file and SECRET.encode() in file.read_bytes()] == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_carries_it_nowhere(here, clear, collector, monkeypatch, status):
    stranger = collector()
    sending_on = collector(lambda _: (status, "text/plain", b""))
    sending_on.headers["Location"] = f"{stranger.url}/runs"
    monkeypatch.setenv("BITNET_TOKEN", SECRET)
    ended = here("push", str(REPORT), "--collector", sending_on.url, "--lang", "en")
    assert ended.code == 5
    assert stranger.requests == []
    assert f"sends on to {stranger.url} ({status})" in clear(ended.err)


def test_one_token_is_not_shown_to_two_collectors(here, clear, collector, monkeypatch):
    first, second = collector(lambda _: (503, "", b"")), collector(lambda _: (503, "", b""))
    for url in (first.url, second.url):
        here("push", str(REPORT), "--collector", url, "--retry-for", "0")
    sent = len(first.requests), len(second.requests)
    monkeypatch.setenv("BITNET_TOKEN", SECRET)
    for verb in ("push", "verify"):
        ended = here(verb, "--all", "--retry-for", "0", "--lang", "en")
        assert ended.code == 2
        assert "--collector" in clear(ended.err)
    assert (len(first.requests), len(second.requests)) == sent
    honest = collector()
    assert here("push", "--all", "--collector", honest.url).code == 0
    assert set(honest.tokens) == {SENT}


@posix
@pytest.mark.parametrize(("mode", "told"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True)])
def test_a_file_that_others_can_read_is_told(here, collecting, token_file, mode, told):
    token_file.chmod(mode)
    ended = here(*calls(collecting.url)["push"], "--token-file", str(token_file), "--lang", "en")
    assert ended.code == 0
    assert (f"chmod 600 {token_file}" in ended.err) == told


def test_plain_http_to_another_machine_is_told(here, monkeypatch, collecting):
    call = calls("http://collector.invalid:8000")["push"]
    assert "plain http" not in here(*call, "--lang", "en").err  # there is no token
    monkeypatch.setenv("BITNET_TOKEN", SECRET)
    assert "plain http" in here(*call, "--lang", "en").err
    assert "明文" in here(*call, "--lang", "zh").err
    assert "plain http" not in here(*calls(collecting.url)["push"], "--lang", "en").err


def test_a_bad_token_is_told_before_minutes_are_spent(here, collecting, monkeypatch):
    collecting.gives["/whoami"] = (401, {"detail": "the token is not known here"})
    monkeypatch.setenv("BITNET_TOKEN", SECRET)
    said = here(*calls(collecting.url)["profile"], "--lang", "en").err
    assert "does not know this token (401)" in said
    assert said.index("does not know this token") < said.index("Warming up")


def test_a_refused_token_keeps_the_report_and_a_new_one_delivers_it(
    here, clear, collector, monkeypatch, state
):
    problem = json.dumps(
        {"type": "urn:x", "title": "Unauthorized", "detail": "the token was revoked"}
    ).encode()
    refusing = collector(lambda _: (401, "application/problem+json", problem))
    monkeypatch.setenv("BITNET_TOKEN", "revoked")
    ended = here("push", str(REPORT), "--collector", refusing.url, "--lang", "en")
    assert ended.code == 5
    assert "the token was revoked" in clear(ended.err)
    assert refusing.requests == ["POST /runs"]
    assert len([*(state / "refused").glob("*.json")]) == 1

    monkeypatch.setenv("BITNET_TOKEN", SECRET)
    honest = collector()
    assert here("push", "--all", "--collector", honest.url).code == 0
    assert (honest.bodies, honest.tokens) == ([REPORT.read_bytes()], [SENT])
    assert [*(state / "refused").iterdir()] == []
