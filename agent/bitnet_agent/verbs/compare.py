"""`bitnet-agent compare`: hold one run against another."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from bitnet_report import Report, ReportError, compare, parse_document, report_from_document, version_0_run_id

from ..delivery.collector import check_collector_url, fetch_report
from ..errors import DeliveryError, UsageError
from ..options import Options
from ..screen.comparison import print_comparison
from ..screen.language import choose_language

_RUN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def run(options: Options) -> int:
    """Read both runs and print the comparison; it is the result, so it goes to standard output."""
    language = choose_language(options.lang)
    collector = None if options.collector is None else check_collector_url(options.collector)
    comparison = compare(_read(options.a, collector), _read(options.b, collector))
    if options.json:
        sys.stdout.buffer.write((comparison.model_dump_json(indent=2) + "\n").encode())
        sys.stdout.buffer.flush()
    else:
        print_comparison(comparison, language)
    return 0


def _read(word: str, collector: str | None) -> Report:
    """The report in that file, else with that run id; a file wins over a run id of the same spelling."""
    path = Path(word)
    if not _RUN_ID.fullmatch(word) or path.exists():
        return _read_file(path)
    if collector is None:
        raise UsageError(
            f"{word} is the id of a run, and no collector is named",
            "say where the run lies: --collector http://127.0.0.1:8000",
        )
    try:
        return _report(fetch_report(word.lower(), collector))
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
