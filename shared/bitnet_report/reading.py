"""From bytes to a Report, with one clear sentence for each way that this can fail."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from pydantic import ValidationError

from .derived import check_derived
from .legacy import report_from_version_0
from .report import SCHEMA_VERSION, Report

_DEEPEST = 64
_MOST_DIGITS = 300
"""A whole number with more could not be shown: a double ends at 309 digits, and a percentage adds two."""
_LONGEST_KEY = 80
_ESCAPED_SURROGATE = re.compile(rb"\\u[dD]")


class ReportError(Exception):
    """The bytes cannot be taken as a report."""


class NotJsonError(ReportError):
    """The bytes are no JSON document."""


class NotAReportError(ReportError):
    """The document is JSON, but `field` (a path such as `meta.timestamp`) is not as a report has it."""

    def __init__(self, field: str, message: str) -> None:
        """Keep the field's path beside the sentence."""
        super().__init__(f"{field}: {message}")
        self.field = field


class UnsupportedSchemaError(NotAReportError):
    """The report is of a schema version that is newer than this program."""


def parse_document(body: bytes) -> dict[str, Any]:
    """Parse a JSON object strictly: UTF-8, no NaN or Infinity, no key twice.

    Raises:
        NotJsonError: it is not JSON.
        NotAReportError: it is JSON, but no object.
    """
    try:
        document = json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_bounded,
        )
    except UnicodeDecodeError as error:
        raise NotJsonError(f"the text is not UTF-8 (byte {error.start})") from error
    except RecursionError as error:
        raise NotJsonError("the JSON is nested too deeply") from error
    except ValueError as error:
        raise NotJsonError(f"this is not JSON: {error}") from error
    opened = body.count(b"[") + body.count(b"{")  # those in strings as well: never fewer than levels
    if opened > _DEEPEST and _deeper_than(document, _DEEPEST):
        raise NotJsonError(f"the JSON is nested over {_DEEPEST} levels deep")
    if _ESCAPED_SURROGATE.search(body):
        _refuse_lone_surrogates(document)
    if not isinstance(document, dict):
        raise NotAReportError("$", "a report is a JSON object")
    return document


def read_report(body: bytes) -> Report:
    """Read a report of any version and check every figure that follows from others.

    Raises:
        NotJsonError: the bytes are no JSON.
        UnsupportedSchemaError: a newer agent wrote it.
        NotAReportError: a field is missing, wrong, or contradicts the others.
    """
    return report_from_document(parse_document(body))


def report_from_document(document: dict[str, Any]) -> Report:
    """Validate an already parsed document; see `read_report`."""
    version = document.get("schema_version", 0)
    if isinstance(version, bool) or not isinstance(version, int) or version < 0:
        raise NotAReportError("schema_version", f"must be a whole number from 0 to {SCHEMA_VERSION}")
    if version > SCHEMA_VERSION:
        raise UnsupportedSchemaError(
            "schema_version",
            f"is {version}, newer than the {SCHEMA_VERSION} that this program reads; update it",
        )
    try:
        report = report_from_version_0(document) if version == 0 else Report.model_validate(document)
        fault = check_derived(report)  # may find a sum too large to be stated
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise NotAReportError(_path(first["loc"]), first["msg"]) from error
    if fault:
        raise NotAReportError(*fault)
    return report


def _path(location: tuple[int | str, ...]) -> str:
    """The field as `meta.timestamp`; a key that the report itself has made up may be of any length."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part[:_LONGEST_KEY]}"
    return path.lstrip(".") or "$"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice[:80]!r} stands twice in one object")
    return document


def _deeper_than(document: Any, levels: int) -> bool:
    """Tell whether objects and arrays lie more than `levels` deep; a level at a time, without recursion."""
    level = [document]
    for _ in range(levels):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _refuse_lone_surrogates(document: Any) -> None:
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise NotJsonError("a string holds half of a surrogate pair, which is no character") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text[:40]} is too large")
    return number


def _bounded(text: str) -> int:
    if len(text.lstrip("-")) > _MOST_DIGITS:
        raise ValueError(f"a whole number has over {_MOST_DIGITS} digits")
    return int(text)
