"""When a report is tried again, for how long, and when not; time passes only as the test says."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import httpx
import pytest

from bitnet_agent.delivery.connection import is_worth_retrying
from bitnet_agent.delivery.failures import NotNowError, RefusedError, retry_after_s
from bitnet_agent.delivery.retrying import Patience, persist

pytestmark = pytest.mark.agent

NOW = datetime(2026, 3, 1, 8, 0, 0, tzinfo=timezone.utc)


class Attempt:
    """Fails with these errors, one a call, and then goes well."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.calls = list(errors), 0

    def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "a receipt"


@pytest.fixture
def trial(clock):
    """Persist with an attempt and a constant draw; gives the pauses that were made."""

    def run(attempt: Attempt, total_s: float, draw: float = 1.0) -> list[float]:
        pauses = []

        def sleep(seconds: float) -> None:
            pauses.append(seconds)
            clock.pass_ms(seconds * 1000)

        try:
            persist(attempt, Patience(total_s, now=clock, sleep=sleep, draw=lambda: draw), lambda *_: None)
        except NotNowError:
            pauses.append(None)
        return pauses

    return run


def busy(retry_after: float | None = None) -> NotNowError:
    return NotNowError("busy", None, retry_after)


def test_pauses_double_up_to_a_ceiling(trial):
    assert trial(Attempt(*[busy()] * 8), 1000) == [1, 2, 4, 8, 16, 30, 30, 30]


@pytest.mark.parametrize("draw", [0.0, 0.25, 0.5])
def test_jitter_is_full_from_nothing_to_the_whole_pause(trial, draw):
    assert trial(Attempt(*[busy()] * 4), 1000, draw) == [draw * ceiling for ceiling in (1, 2, 4, 8)]


def test_no_pause_goes_beyond_the_total(trial):
    attempt = Attempt(*[busy()] * 99)
    assert trial(attempt, 20) == [1, 2, 4, 8, None]  # 15 s have passed, and 16 more would be too many
    assert attempt.calls == 5


def test_a_total_of_nothing_is_one_attempt(trial):
    attempt = Attempt(busy())
    assert trial(attempt, 0) == [None]
    assert attempt.calls == 1


def test_retry_after_is_waited_for_before_the_jitter(trial):
    assert trial(Attempt(busy(5), busy(0), busy()), 1000, 0.5) == [5.5, 1.0, 2.0]
    assert trial(Attempt(busy(5)), 1000, 0.0) == [5.0]


def test_a_retry_after_beyond_the_total_is_not_waited_for(trial):
    attempt = Attempt(busy(3600))
    assert trial(attempt, 120) == [None]
    assert attempt.calls == 1


def test_a_refusal_is_not_tried_again(trial):
    attempt = Attempt(RefusedError("no", None, 422))
    with pytest.raises(RefusedError):
        trial(attempt, 1000)
    assert attempt.calls == 1


def test_each_failure_is_told_with_its_pause(clock):
    told = []
    patience = Patience(100, now=clock, sleep=lambda _: None, draw=lambda: 1.0)
    assert persist(Attempt(busy(), busy()), patience, lambda e, s: told.append((e.message, s))) == "a receipt"
    assert told == [("busy", 1.0), ("busy", 2.0)]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(days=2), usegmt=True), 0),
        ("Sun, 01 Mar 2026 08:00:30 -0000", 30),
        ("-5", None),
        ("soon", None),
        ("1.5", None),
        ("٣", None),
        ("", None),
        ("Sun, 01 Mar 99999999999 08:00:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value, seconds):
    assert retry_after_s(value, NOW) == seconds


def test_an_absurd_number_of_seconds_is_still_a_number():
    assert retry_after_s("9" * 5000, NOW) >= 86_400


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 507])
def test_a_status_that_passes_is_tried_again(collector, status):
    from bitnet_agent.delivery.collector import deliver

    passing = collector(lambda _: (status, "text/plain", b""))
    passing.headers["Retry-After"] = "3"
    with pytest.raises(NotNowError) as error:
        deliver(b"{}", "x", passing.url)
    assert error.value.retry_after_s == 3
    assert str(status) in error.value.message


@pytest.mark.parametrize("status", [301, 307, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 501])
def test_a_status_that_stays_is_not(collector, status):
    from bitnet_agent.delivery.collector import deliver

    with pytest.raises(RefusedError) as error:
        deliver(b"{}", "x", collector(lambda _: (status, "text/plain", b"")).url)
    assert error.value.status == status
    assert error.value.remedy


def test_a_certificate_that_is_not_trusted_will_not_be_trusted_later():
    import ssl

    error = httpx.ConnectError("certificate verify failed")
    error.__cause__ = ssl.SSLCertVerificationError()
    assert not is_worth_retrying(error)
    assert is_worth_retrying(httpx.ConnectError("connection refused"))
    assert not is_worth_retrying(httpx.UnsupportedProtocol("ftp"))
    assert not is_worth_retrying(ValueError("a proxy that cannot be used"))
