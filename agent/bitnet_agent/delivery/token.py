"""The member's token: from the environment or a file, never from the command line, never shown."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import UsageError

VARIABLE = "BITNET_TOKEN"
_MOST_BYTES = 4096
_SPELLING = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # RFC 6750, b64token
_REMEDY = "paste the token there as `bitnet-collector token create` showed it"


@dataclass(frozen=True)
class Token:
    """A secret; `source` is where it came from, `open_file` a file of it that others can read."""

    secret: str = field(repr=False)
    source: str
    open_file: Path | None = None


def find_token(file: Path | None) -> Token | None:
    """The token in `file`, else that of BITNET_TOKEN, else None; blanks and line ends around it are cut off.

    Raises:
        UsageError: the file cannot be read, or what is there is no token.
    """
    if file is not None:
        return Token(_checked(_read(file), str(file)), str(file), file if _others_can_read(file) else None)
    value = os.environ.get(VARIABLE)
    return None if value is None else Token(_checked(value, VARIABLE), VARIABLE)


def check_shown_to_one(token: Token | None, collectors: Collection[str]) -> None:
    """See that a token is shown to one collector alone.

    Raises:
        UsageError: reports belong to several.
    """
    if token is not None and len(collectors) > 1:
        raise UsageError(
            f"these reports belong to {len(collectors)} collectors ({', '.join(sorted(collectors))}), "
            "and one token must not be shown to all of them",
            "name one with --collector",
        )


def _read(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"the token file {file} cannot be read: {error.strerror}", "check --token-file"
        ) from error
    if len(content) > _MOST_BYTES:
        raise UsageError(f"{file} is too long to be a token", _REMEDY)
    return content.decode("utf-8-sig", "replace")


def _checked(value: str, source: str) -> str:
    secret = value.strip()
    if not secret:
        unset = "; or unset it" if source == VARIABLE else ""
        raise UsageError(f"{source} is empty where a token was expected", _REMEDY + unset)
    if not _SPELLING.fullmatch(secret):
        raise UsageError(f"{source} holds characters that no token has", _REMEDY)
    return secret


def _others_can_read(file: Path) -> bool:
    return os.name == "posix" and bool(file.stat().st_mode & 0o077)
