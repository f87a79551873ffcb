"""Handing a report to the collector, and saying plainly when it was not taken."""

from __future__ import annotations

import hashlib
import ipaddress
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from ..errors import DeliveryError, UsageError

_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_NOT_OURS = "check the address, and that bitnet-collector there is not older than this agent"
# A proxy in the environment that httpx cannot use (SOCKS without socksio) is a ValueError or an ImportError.
_UNREACHABLE = (httpx.HTTPError, httpx.InvalidURL, ImportError, ValueError)


@dataclass(frozen=True)
class Receipt:
    """What the collector promises to keep: the run's id and the SHA-256 of the bytes; `url` shows the run."""

    run_id: str
    sha256: str
    url: str
    already_there: bool


def check_collector_url(url: str) -> str:
    """Return the collector's address without a trailing slash.

    Raises:
        UsageError: it is no http or https address.
    """
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
        httpx.URL(url)
        (parts.hostname or "").encode("idna")
    except (ValueError, httpx.InvalidURL):
        parts, port_is_fine = urlsplit(""), False
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine:
        raise UsageError(
            f"{url!r} is no collector's address", "give one such as --collector http://127.0.0.1:8000"
        )
    return url.rstrip("/")


def reach_collector(collector: str) -> str | None:
    """Ask the collector whether it is alive; None if so, else one sentence on what is wrong."""
    try:
        answer = ask_health(collector)
    except _UNREACHABLE as error:
        return f"the collector {collector} cannot be reached now ({_reason(error)})"
    if answer.status_code != httpx.codes.OK:
        return f"{collector} answers {answer.status_code} where a bitnet-collector tells its health"
    return None


def ask_health(collector: str, *, timeout_s: float = 5.0, token: str | None = None) -> httpx.Response:
    """Ask the collector for its health, with a member's token if one is given; raises what httpx raises."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with _client(collector) as client:
        return client.get("/health", timeout=timeout_s, headers=headers)


def deliver(body: bytes, run_id: str, collector: str) -> Receipt:
    """Send one report and check the receipt against the bytes that were sent.

    Raises:
        DeliveryError: the collector is down, refuses it, or is no bitnet-collector.
    """
    try:
        with _client(collector) as client:
            answer = client.post("/runs", content=body, headers={"Content-Type": "application/json"})
    except _UNREACHABLE as error:
        raise DeliveryError(
            f"the collector {collector} cannot be reached ({_reason(error)})",
            "start it with `bitnet-collector serve`, or check the address",
        ) from error
    if answer.status_code not in (httpx.codes.OK, httpx.codes.CREATED):
        raise _refusal(answer, collector)
    receipt = _json(answer)
    if receipt.get("run_id") != run_id or receipt.get("sha256") != hashlib.sha256(body).hexdigest():
        raise DeliveryError(f"{collector} answered, but not with a receipt for this report", _NOT_OURS)
    return Receipt(
        run_id, receipt["sha256"], f"{collector}/runs/{run_id}", answer.status_code == httpx.codes.OK
    )


def fetch_report(run_id: str, collector: str) -> bytes:
    """Fetch a stored report, byte for byte as it was sent.

    Raises:
        UsageError: the collector has no such run.
        DeliveryError: the collector is down, or is no bitnet-collector.
    """
    try:
        with _client(collector) as client:
            answer = client.get(f"/runs/{run_id}.json")
    except httpx.HTTPError as error:
        raise DeliveryError(
            f"the collector {collector} cannot be reached ({_reason(error)})",
            "start it with `bitnet-collector serve`, or check the address",
        ) from error
    if answer.status_code == httpx.codes.NOT_FOUND and _json(answer).get("detail"):
        raise UsageError(f"the collector {collector} has no run {run_id}", f"{collector}/runs lists its runs")
    if answer.status_code != httpx.codes.OK:
        raise DeliveryError(f"{collector} answered {answer.status_code} where a run was asked for", _NOT_OURS)
    return answer.content


def _refusal(answer: httpx.Response, collector: str) -> DeliveryError:
    problem = _json(answer)
    status = answer.status_code
    detail = problem.get("detail") or problem.get("title")
    if not isinstance(detail, str):
        return DeliveryError(f"{collector} answered {status} and no reason", _NOT_OURS)
    remedy = problem.get("remedy")
    if str(problem.get("type", "")).endswith("unsupported-schema"):
        return DeliveryError(
            f"the collector {collector} is too old for this report: {detail}",
            "update bitnet-profiler on the collector",
        )
    if status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE):
        return DeliveryError(
            f"the collector {collector} is busy ({status}): {detail}", "push the report later"
        )
    return DeliveryError(
        f"the collector {collector} refused the report ({status}): {detail}",
        remedy if isinstance(remedy, str) else None,
    )


def _client(collector: str) -> httpx.Client:
    # A proxy from the environment must not stand between two programs of one machine.
    return httpx.Client(base_url=collector, timeout=_TIMEOUT, trust_env=not _is_loopback(collector))


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        value = json.loads(answer.content)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _reason(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
