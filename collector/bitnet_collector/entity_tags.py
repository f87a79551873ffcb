"""Entity tags (RFC 9110, 8.8.3) and the answer to a client that has what it asks for."""

from __future__ import annotations

import hashlib
import re

from starlette.datastructures import MutableHeaders
from starlette.types import Message

REVALIDATE = "private, no-cache"
"""Kept by the reader's own program alone, and asked about before each use."""

_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_OF_A_BODY = ("content-length", "content-type", "content-disposition")


def strong_tag(body: bytes) -> str:
    """The tag of exactly these bytes: their SHA-256."""
    return f'"{hashlib.sha256(body).hexdigest()}"'


def weak_tag(*parts: str) -> str:
    """A tag for what says the same although bytes may differ: a hash of all that it hangs on."""
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def matches(if_none_match: str | None, tag: str) -> bool:
    """Tell whether the header names this tag, compared weakly as RFC 9110 asks; `*` names any."""
    if if_none_match is None:
        return False
    if if_none_match.strip() == "*":
        return True
    return tag.removeprefix("W/") in {each.removeprefix("W/") for each in _TAG.findall(if_none_match)}


def not_modified_start(start: Message) -> Message:
    """The start of a 304 in place of a 200: the same headers but those of a body."""
    message = {**start, "status": 304, "headers": list(start["headers"])}
    headers = MutableHeaders(scope=message)
    for name in _OF_A_BODY:
        if name in headers:
            del headers[name]
    return message
