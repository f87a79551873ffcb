"""The value types that a report is made of: every number finite, every text storable.

Limits only keep a hostile or broken report from overflowing a sum or a ratio; no machine comes near them.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

MB = 2**20
"""Bytes in a megabyte, as in the brief's own tool."""

LONGEST_MS = 1e12
MOST_ENTRIES = 1000
LARGEST_RATIO = 1e15

Ms = Annotated[float, Field(ge=0, le=LONGEST_MS, allow_inf_nan=False)]
"""Milliseconds of wall time."""
MsDelta = Annotated[float, Field(ge=-LONGEST_MS, le=LONGEST_MS, allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Megabytes = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
MegabytesDelta = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]
Mhz = Annotated[float, Field(ge=1e-3, le=1e6, allow_inf_nan=False)]
Ratio = Annotated[float, Field(ge=0, le=LARGEST_RATIO, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=2**53)]
Positive = Annotated[int, Field(ge=1, le=2**53)]

MEMBER_PATTERN = r"[A-Za-z0-9_.-]{1,64}"
MEMBER_RULE = "a member is named by 1 to 64 letters, digits, '_', '.' or '-', and not by '.' or '..'"

_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def _few(value: Any) -> Any:
    if isinstance(value, dict) and len(value) > MOST_ENTRIES:
        raise ValueError(f"has {len(value)} entries, over {MOST_ENTRIES}")
    return value


def is_ratio(a: float, b: float) -> bool:
    """Tell whether b ÷ a, and a ÷ b, may stand in a report: both over zero, and neither too short for it."""
    return a > 0 and b > 0 and max(a, b) / min(a, b) <= LARGEST_RATIO


def is_member_name(name: str) -> bool:
    """Tell whether a member may be called `name`: neither `.` nor `..`, which no address can end in."""
    return _is_readable_member(name) and name not in (".", "..")


def _is_readable_member(name: str) -> bool:
    return re.fullmatch(MEMBER_PATTERN, name, re.ASCII) is not None


def _member(name: str) -> str:
    """A report that was stored before `.` and `..` were refused can still be read."""
    if not _is_readable_member(name):
        raise ValueError(MEMBER_RULE)
    return name


def is_storable(text: str) -> bool:
    """Tell whether `text` may stand in a report: no control characters, no half of a surrogate pair."""
    return _UNSTORABLE.search(text) is None


def _storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError("text holds a control character")
    return text


def _timestamp(text: str) -> str:
    parse_timestamp(text)
    return text


def parse_timestamp(text: str) -> datetime:
    """Read an ISO 8601 time; one without an offset (the brief's script writes none) is taken as UTC.

    Raises:
        ValueError: `text` is no ISO 8601 time, or lies outside the years 2000 to 9998.
    """
    # datetime.fromisoformat reads a final "Z" only from Python 3.11 on.
    moment = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text.strip()))
    if not 2000 <= moment.year <= 9998:
        raise ValueError("the year must lie between 2000 and 9998")
    if moment.tzinfo is None:
        return moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc)


Member = Annotated[str, AfterValidator(_member)]
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_storable)]
Text = Annotated[str, Field(max_length=4000), AfterValidator(_storable)]
FEW = BeforeValidator(_few)
"""Of a mapping: read no further where it has more entries than any report needs."""
Timestamp = Annotated[str, Field(max_length=64), AfterValidator(_timestamp)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
RunId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]


class Record(BaseModel):
    """Base of everything in a report: typed strictly, never changed, unknown keys kept."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, allow_inf_nan=False)
