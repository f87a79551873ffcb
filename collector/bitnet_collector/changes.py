"""From a request's bytes to a change of a run."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, ValidationError

from .curation import Change
from .problems import Kind, ProblemError

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def _printable(note: str) -> str:
    if _CONTROL.search(note):
        raise ValueError("a note holds no control characters but line breaks and tabs")
    return note.strip()


Note = Annotated[str, Field(max_length=2000), AfterValidator(_printable)]
"""What an admin notes of a run."""


class RunChange(BaseModel):
    """The body of `PATCH /runs/{id}`; a key that does not exist is refused, lest it be thought to act."""

    model_config = ConfigDict(extra="forbid", title="RunChange")

    note: Note | None = None
    baseline: StrictBool | None = None
    hidden: StrictBool | None = None


def read_change(body: bytes) -> Change:
    """Read the body.

    Raises:
        ProblemError: 400 not JSON, 422 not a change.
    """
    try:
        given = RunChange.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        if first["type"] == "json_invalid":
            raise ProblemError(Kind.NOT_JSON, f"the body is not JSON: {first['msg'][:200]}") from None
        field = ".".join(map(str, first["loc"]))[:80] or "$"
        raise ProblemError(
            Kind.NOT_A_CHANGE,
            f"{field}: {first['msg'][:200]}",
            "send an object with note (text or null), baseline and hidden (true or false)",
            field=field,
        ) from None
    note = (given.note or "") if "note" in given.model_fields_set else None
    return Change(note, given.baseline, given.hidden)
