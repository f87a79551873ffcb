"""Whatever happens in delivery, the report is on disk and the message says how to send it later."""

from __future__ import annotations

import hashlib
import json

import pytest

from bitnet_report import read_report

pytestmark = pytest.mark.agent

DELIVERY = 5
RUN = [
    "--no-limits",
    "--model",
    "stand-in:tiny",
    "--prompt-tokens",
    "8",
    "--decode-tokens",
    "2",
    "--repetitions",
    "1",
]
RUN += ["--threads", "1", "--member", "WJ", "--lang", "en"]


def problem(status: int, **fields: str):
    document = {"type": "urn:bitnet-profiler:problem:x", "title": "A title", "status": status, **fields}
    return lambda _: (status, "application/problem+json", json.dumps(document).encode())


def lying(**fields: object):
    def answer(body: bytes):
        sha256 = hashlib.sha256(body).hexdigest()
        said = {"run_id": json.loads(body)["run_id"], "sha256": sha256, "durable": True}
        return 201, "application/json", json.dumps(said | fields).encode()

    return answer


FAILURES = {
    "refuses": (problem(422, detail="a: is rude", remedy="be polite"), "(422): a: is rude", "be polite"),
    "has another with this id": (
        problem(409, detail="stored already"), "(409): stored already", "bitnet-agent compare"
    ),
    "asks for a token": (problem(401, detail="who are you?"), "(401): who are you?", "BITNET_TOKEN"),
    "knows the member": (problem(403, detail="no"), "(403): no", "that the report names"),
    "finds it too long": (problem(413, detail="8 MiB"), "(413): 8 MiB", "allow larger"),
    "stands behind a server that finds it too long": (
        lambda _: (413, "text/html", b"<html>"), "answered 413 and no reason", "allow larger"
    ),
    "is too old": (
        problem(422, type="urn:bitnet-profiler:problem:unsupported-schema", detail="schema_version is 1"),
        "is too old for this report: schema_version is 1",
        "update bitnet-profiler",
    ),
    "is busy": (problem(503, detail="the database is busy"), "busy (503): the database is busy", "later"),
    "wants fewer requests": (problem(429, detail="slower"), "busy (429): slower", "later"),
    "is full": (problem(507, detail="the disk is full", remedy="make room"), "(507): the disk", "make room"),
    "only has a title": (problem(500), "cannot take the report now (500): A title", "later"),
    "stands behind a server that fails": (
        lambda _: (502, "text/html", b"<html>"), "cannot take the report now (502)", "later"
    ),
    "is no collector": (
        lambda _: (404, "text/html", b"<html><h1>Not Found</h1></html>"),
        "answered 404 and no reason",
        "check the address",
    ),
    "is somebody's page": (
        lambda _: (200, "text/html", b"<html>Welcome</html>"),
        "not with a receipt",
        "check the address",
    ),
    "answers another kind of JSON": (
        lambda _: (404, "application/json", b'{"detail": {"no": "string"}}'),
        "answered 404 and no reason",
        "check the address",
    ),
    "answers a list": (
        lambda _: (201, "application/json", b"[1]"),
        "not with a receipt",
        "check the address",
    ),
    "answers what is nested without end": (
        lambda _: (201, "application/json", b"[" * 200_000),
        "not with a receipt",
        "check the address",
    ),
    "redirects nowhere": (lambda _: (307, "text/html", b""), "answered 307 and no reason", "the address"),
    "promises nothing": (lying(durable=False), "not with a receipt", "check the address"),
    "lies about the bytes": (lying(sha256="0" * 64), "not with a receipt", "check the address"),
    "lies about the run": (lying(run_id="x"), "not with a receipt", "check the address"),
}  # fmt: skip


@pytest.fixture(scope="module")
def report(profiled) -> bytes:
    return profiled.body


@pytest.mark.parametrize("name", FAILURES)
def test_a_collector_that(name, report, collector):
    from bitnet_agent.delivery.collector import deliver
    from bitnet_agent.errors import DeliveryError

    answer, told, remedy = FAILURES[name]
    with pytest.raises(DeliveryError) as error:
        deliver(report, read_report(report).run_id, collector(answer).url)
    assert told in error.value.message
    assert "\n" not in error.value.message
    assert error.value.exit_code == DELIVERY
    assert remedy in error.value.remedy


def test_a_delivered_report_has_its_receipt(report, collector):
    from bitnet_agent.delivery.collector import deliver

    honest, run_id = collector(), read_report(report).run_id
    receipt = deliver(report, run_id, honest.url)
    assert honest.bodies == [report]
    assert honest.requests == ["POST /runs"]
    assert receipt.sha256 == hashlib.sha256(report).hexdigest()
    assert receipt.url == f"{honest.url}/runs/{run_id}"
    assert not receipt.already_there


PUSH_ALL = "bitnet-agent push --all"


@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
def test_a_refused_report_is_kept_with_its_reason_and_can_be_pushed(
    here, clear, collector, tmp_path, state, quiet
):
    refusing = collector(problem(422, detail="not today", remedy="try tomorrow"))
    ended = here(*RUN, "--collector", refusing.url, "--output", "my reports/one.json", *quiet)

    assert ended.code == DELIVERY
    assert "not today" in clear(ended.err)
    body = (tmp_path / "my reports" / "one.json").read_bytes()
    assert refusing.bodies == [body]  # and not again
    assert read_report(body).member == "WJ"
    (kept,) = (state / "refused").glob("*.json")
    assert kept.read_bytes() == body
    assert str(kept) in ended.err
    assert "not today" in kept.with_suffix(".slip").read_text()

    honest = collector()
    assert here("push", str(kept), "--collector", honest.url).code == 0
    assert honest.bodies == [body]


def test_a_collector_that_is_down_is_told_before_and_after_and_gets_the_report_later(
    here, clear, closed_port, collector, tmp_path, state
):
    url = f"http://127.0.0.1:{closed_port}"
    ended = here(*RUN, "--collector", url, "--retry-for", "0")

    assert ended.code == DELIVERY
    assert "cannot be reached now" in ended.err
    assert "measuring all the same" in ended.err
    assert "bitnet-collector serve" in clear(ended.err)
    assert PUSH_ALL in ended.err.splitlines()
    body = (tmp_path / "docs" / "inference_profile_report.json").read_bytes()
    assert read_report(body).member == "WJ"

    (tmp_path / "docs" / "inference_profile_report.json").unlink()  # or replaced by a later run
    honest = collector()
    assert here("push", "--all", "--collector", honest.url).code == 0
    assert honest.bodies == [body]
    assert here("push", "--all", "--lang", "en").err == "Nothing waits in the spool.\n"


def test_a_collector_that_is_up_is_asked_first_and_told_of_success(here, collector, state):
    honest = collector()
    ended = here(*RUN, "--collector", honest.url + "/")
    run_id = json.loads(honest.bodies[0])["run_id"]
    assert ended.code == 0
    assert honest.requests == ["GET /health", "GET /whoami", "POST /runs"]
    assert f"Delivered: {honest.url}/runs/{run_id}" in ended.err
    assert "measuring all the same" not in ended.err
    assert [*(state / "waiting").iterdir()] == []


def test_an_address_that_is_no_collectors_is_told_before_measuring(collector):
    from bitnet_agent.delivery.standing import reach_collector

    assert reach_collector(collector().url) is None
    assert "answers 404" in reach_collector(collector(health=404).url)


def test_an_interrupt_in_delivery_says_how_to_send_it_later(here, monkeypatch, tmp_path, collector):
    from bitnet_agent.delivery import sending

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sending, "deliver", interrupted)
        ended = here(*RUN, "--collector", collector().url)
    assert ended.code == 130
    assert "Traceback" not in ended.err
    assert PUSH_ALL in ended.err.splitlines()
    body = (tmp_path / "docs" / "inference_profile_report.json").read_bytes()
    honest = collector()
    assert here("push", "--all", "--collector", honest.url).code == 0
    assert honest.bodies == [body]


def test_an_output_that_fails_at_the_end_leaves_the_report_in_the_spool(here, clear, collector, monkeypatch):
    """A folder that vanished while minutes of measuring went on."""
    from bitnet_agent import submission
    from bitnet_agent.errors import EnvironmentFaultError

    def fails(path, _):
        raise EnvironmentFaultError(
            f"{path} cannot be written: no space", "choose another place with --output"
        )

    monkeypatch.setattr(submission, "write_atomically", fails)
    honest = collector()
    ended = here(*RUN, "--collector", honest.url)
    assert ended.code == 4
    assert "cannot be written" in clear(ended.err)
    assert PUSH_ALL in ended.err
    assert here("push", "--all").code == 0
    assert len(honest.bodies) == 1


def test_a_spool_that_cannot_be_is_told_before_measuring(refused, collector, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("BITNET_AGENT_STATE", str(tmp_path / "file" / "state"))
    said = refused(4, "--model", "stand-in:tiny", "--member", "WJ", "--collector", collector().url)
    assert "BITNET_AGENT_STATE" in said


PROXIES = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_proxy_does_not_stand_between_two_programs_of_one_machine(
    report, collector, closed_port, monkeypatch, host, scheme
):
    from bitnet_agent.delivery.collector import deliver
    from bitnet_agent.delivery.standing import reach_collector

    for name in PROXIES:
        monkeypatch.setenv(name, f"{scheme}://127.0.0.1:{closed_port}")
    honest = collector()
    url = honest.url.replace("127.0.0.1", host)
    assert reach_collector(url) is None
    deliver(report, read_report(report).run_id, url)
    assert honest.bodies == [report]


@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h", "bogus"])
def test_a_proxy_that_cannot_be_used_is_one_sentence(report, closed_port, monkeypatch, scheme):
    """Elsewhere a proxy is honoured; SOCKS without its package must not end in a traceback."""
    from bitnet_agent.delivery.collector import deliver
    from bitnet_agent.delivery.standing import reach_collector
    from bitnet_agent.errors import DeliveryError

    for name in PROXIES:
        monkeypatch.setenv(name, f"{scheme}://127.0.0.1:{closed_port}")
    assert "cannot be reached" in reach_collector("http://collector.invalid:8000")
    with pytest.raises(DeliveryError, match="cannot be reached"):
        deliver(report, read_report(report).run_id, "http://collector.invalid:8000")
