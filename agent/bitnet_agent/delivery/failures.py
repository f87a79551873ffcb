"""Why a collector did not take a report: for now, or for good; each with one sentence and a remedy."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import httpx

from ..errors import DeliveryError
from .connection import Answer, is_worth_retrying, reason
from .token import Token

NOT_OURS = "check the address, and that bitnet-collector there is not older than this agent"
LATER = frozenset({408, 425, 429, 500, 502, 503, 504, 507})
"""Statuses that pass: too slow, too early, too many, failed, busy, full."""
ABOUT_THE_REPORT = frozenset({400, 409, 410, 413, 415, 422})
"""Refusals that the same report meets again; all others speak of the token or of the address."""


class NotNowError(DeliveryError):
    """It may be taken later; `retry_after_s` is what the collector asks to wait, None if it does not say."""

    def __init__(self, message: str, remedy: str | None = None, retry_after_s: float | None = None) -> None:
        """Keep the seconds beside the sentence."""
        super().__init__(message, remedy)
        self.retry_after_s = retry_after_s


class RefusedError(DeliveryError):
    """It will not be taken as it is; `status` is the HTTP status."""

    def __init__(self, message: str, remedy: str | None, status: int) -> None:
        """Keep the status beside the sentence."""
        super().__init__(message, remedy)
        self.status = status


def unreachable(error: Exception, collector: str) -> DeliveryError:
    """The error for an exchange that came to no answer."""
    sentence = f"the collector {collector} cannot be reached ({reason(error)})"
    remedy = "start it with `bitnet-collector serve`, or check the address"
    return NotNowError(sentence, remedy) if is_worth_retrying(error) else DeliveryError(sentence, remedy)


def refusal(answer: Answer, collector: str, token: Token | None, now: datetime) -> DeliveryError:
    """The error for an answer that is no receipt; `now` is what a date in `Retry-After` is held against."""
    problem, status = answer.document, answer.status
    told = problem.get("detail") or problem.get("title")
    detail = told if isinstance(told, str) else None
    if status in LATER:
        kind = "is busy" if status in (429, 503) else "cannot take the report now"
        remedy = problem.get("remedy")
        return NotNowError(
            f"the collector {collector} {kind} ({status})" + (f": {_one_line(detail)}" if detail else ""),
            remedy if isinstance(remedy, str) and status not in (429, 503) else "push the report later",
            retry_after_s(answer.headers.get("Retry-After"), now),
        )
    if 300 <= status < 400:
        return _redirect(answer, collector)
    if detail is None:
        return RefusedError(f"{collector} answered {status} and no reason", _remedy(status, token), status)
    if str(problem.get("type", "")).endswith("unsupported-schema"):
        return RefusedError(
            f"the collector {collector} is too old for this report: {_one_line(detail)}",
            "update bitnet-profiler on the collector",
            status,
        )
    remedy = problem.get("remedy")
    return RefusedError(
        f"the collector {collector} refused the report ({status}): {_one_line(detail)}",
        remedy if isinstance(remedy, str) else _remedy(status, token),
        status,
    )


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Seconds to wait by a `Retry-After` header (RFC 9110, 10.2.3): a number or a date; None for nonsense."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value.strip()[:9])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - now).total_seconds())


def _redirect(answer: Answer, collector: str) -> RefusedError:
    """Nothing is sent on by itself: a token would go where nobody meant it to."""
    where = answer.headers.get("Location")
    try:
        there = httpx.URL(collector).join(where) if where else None
    except (httpx.InvalidURL, ValueError):
        there = None
    if there is None or not there.host:
        return RefusedError(f"{collector} answered {answer.status} and no reason", NOT_OURS, answer.status)
    origin = f"{there.scheme}://{there.netloc.decode('ascii', 'replace')}"
    return RefusedError(
        f"{collector} sends on to {origin} ({answer.status}), where nothing was sent",
        "if that is the collector, name it with --collector",
        answer.status,
    )


def _remedy(status: int, token: Token | None) -> str:
    if status == 401:
        return missing_token() if token is None else "ask the collector's keeper for a new token"
    return {
        403: "send it with the token of the member that the report names",
        404: NOT_OURS,
        410: "an admin deleted the run there, and may store it again",
        409: "another report has its run id there: compare the two with `bitnet-agent compare`",
        413: "ask the collector's keeper to allow larger reports",
        422: "update bitnet-profiler on the side that is older",
    }.get(status, NOT_OURS)


def missing_token() -> str:
    """What to do where a collector wants a token and none was given."""
    return "put this member's token into BITNET_TOKEN, or into a file given with --token-file"


def _one_line(detail: str) -> str:
    return " ".join(detail.split())
