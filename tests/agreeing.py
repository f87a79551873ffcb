"""Making a spoilt report agree with itself again, as one would who makes its figures up.

A changed figure alone is soon refused: the sums that follow from it give another. What the reader says of
each is put in, until it finds nothing more; so a report comes about that no machine wrote and passes
every check.
"""

from __future__ import annotations

import math
import re
from typing import Any

from bitnet_report import NotAReportError, ReportError, report_from_document

_EXPECTED = re.compile(r"says .+, but its (?:own figures give|shares say) (.+)")
_MOST = 150


def agreeing(document: dict[str, Any]) -> dict[str, Any]:
    """The document with its sums put right, as far as they can be."""
    for _ in range(_MOST):
        try:
            report_from_document(document)
        except NotAReportError as error:
            expected = _EXPECTED.search(str(error))
            if expected is None or not _put(document, error.field, expected[1]):
                break
        except ReportError:
            break
        else:
            break
    return document


def _put(document: dict[str, Any], field: str, words: str) -> bool:
    """Put the figure in; whether there was a place for it."""
    place: Any = document
    *outer, last = [
        int(name) if name.isdigit() else name for name in re.split(r"\.|\[", field.replace("]", ""))
    ]
    try:
        for key in outer:
            place = place[key]
        old = place.get(last) if isinstance(place, dict) else place[last]
    except (KeyError, IndexError, TypeError, AttributeError):
        return False
    if field.startswith("decode_steps_ms["):  # here the steps are what is known
        return _put_decode_sample(document, int(last), math.fsum(old))
    new = _figure(words)
    if isinstance(old, (dict, list)) or new == old:
        return False
    if isinstance(new, float) and not math.isfinite(new):
        return False
    place[last] = new
    return True


def _put_decode_sample(document: dict[str, Any], position: int, ms: float) -> bool:
    decode = next((s for s in document["stage_profiles"] if s.get("name") == "decode"), {})
    if position >= len(decode.get("samples_ms", ())) or decode["samples_ms"][position] == ms:
        return False
    decode["samples_ms"][position] = ms
    return True


def _figure(words: str) -> Any:
    if words == "None":
        return None
    try:
        return int(words) if words.isdigit() else float(words)
    except ValueError:
        return words
