"""A report that a command line names: a file, or the id of a run that a collector holds."""

from __future__ import annotations

import re
from pathlib import Path

from bitnet_report import Report, ReportError, parse_document, report_from_document, version_0_run_id

from ..errors import DeliveryError, UsageError
from .collector import fetch_report
from .token import Token

_RUN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def read_named_report(word: str, collector: str | None, token: Token | None = None) -> Report:
    """The report in that file, else with that run id; a file wins over a run id of the same spelling.

    Raises:
        UsageError: there is no such file, it is no report, or an id is given without a collector.
        DeliveryError: the collector cannot be reached, or what it gives cannot be read.
    """
    path = Path(word)
    if not _RUN_ID.fullmatch(word) or path.exists():
        return _read_file(path)
    if collector is None:
        raise UsageError(
            f"{word} is the id of a run, and no collector is named",
            "say where the run lies: --collector http://127.0.0.1:8000",
        )
    try:
        return _report(fetch_report(word.lower(), collector, token))
    except ReportError as error:
        raise DeliveryError(
            f"what {collector} gives as run {word} cannot be read: {error}",
            "update bitnet-profiler here, or check the address",
        ) from error


def _read_file(path: Path) -> Report:
    try:
        return _report(path.read_bytes())
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}",
            "give the file that bitnet-agent wrote, or a run's id with --collector",
        ) from error
    except ReportError as error:
        raise UsageError(
            f"{path} is no report: {error}", "give the file that bitnet-agent or the brief's script wrote"
        ) from error


def _report(body: bytes) -> Report:
    document = parse_document(body)
    if document.get("schema_version", 0) == 0 and "run_id" not in document:
        document["run_id"] = version_0_run_id(body, "", None)  # the brief's original script gives none
    return report_from_document(document)
