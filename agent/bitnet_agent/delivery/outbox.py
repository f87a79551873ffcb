"""A report file made ready to send: the body as bytes, whoever wrote it.

A report of this agent is sent byte for byte. One of the brief's original script gets a run id (the same for
the same file, for ever), the member, and the number of decoded tokens if it is given.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitnet_report import (
    ReportError,
    parse_document,
    read_report,
    report_from_document,
    version_0_run_id,
)

from ..errors import UsageError


@dataclass(frozen=True)
class Outgoing:
    """What is sent, and under which id."""

    run_id: str
    body: bytes


def read_for_sending(path: Path, member: str | None, decode_tokens: int | None) -> Outgoing:
    """Read a report file and see that the collector can take it.

    Raises:
        UsageError: the file cannot be read, is no report, or contradicts `member` or `decode_tokens`.
    """
    try:
        body = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "check the file's name") from error
    try:
        document = parse_document(body)
        version = document.get("schema_version", 0)
        if version == 0:
            return _version_0(body, document, member, decode_tokens)
        report = read_report(body)
    except ReportError as error:
        raise UsageError(
            f"{path} is no report: {error}", "push the file that bitnet-agent or the brief's script wrote"
        ) from error
    if decode_tokens is not None and decode_tokens != report.workload.decode_tokens:
        raise UsageError(
            f"{path} says itself that it decoded {report.workload.decode_tokens} tokens",
            "leave --decode-tokens out",
        )
    if report.member is None:
        body = _with(document, member=_required(member, path))
    elif member is not None and member != report.member:
        raise UsageError(
            f"{path} is {report.member}'s, not {member}'s", f"push it with --member {report.member}"
        )
    return Outgoing(report.run_id, body)


def _version_0(
    body: bytes, document: dict[str, Any], member: str | None, decode_tokens: int | None
) -> Outgoing:
    name = _required(member, Path("a report of the original script"))
    run_id = version_0_run_id(body, name, decode_tokens)
    added: dict[str, Any] = {"run_id": run_id, "member": name}
    if decode_tokens is not None:
        added["decode_tokens"] = decode_tokens
    report_from_document(document | added)
    return Outgoing(run_id, _with(document, **added))


def _required(member: str | None, what: Path) -> str:
    if member is None:
        raise UsageError(f"{what} does not say whose it is", "add --member NAME")
    return member


def _with(document: dict[str, Any], **added: Any) -> bytes:
    return (json.dumps(document | added, ensure_ascii=False, indent=2) + "\n").encode()
