"""What admins decided, as it stands in an export: what they said of a run, and which runs they deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ..changes import Note

RunId = Annotated[str, Field(pattern="^[0-9a-f-]{36}$")]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
TokenId = Annotated[str, Field(pattern="^[0-9A-Za-z_-]{0,64}$")]
"""The public id of a token of the collector at which it was decided; it opens nothing."""


class Said(BaseModel):
    """What admins said of a run; the times are when each was last decided, null where it never was."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    note: Note | None
    note_at: AwareDatetime | None
    baseline: bool
    baseline_at: AwareDatetime | None
    hidden: bool
    hidden_at: AwareDatetime | None
    changed_at: AwareDatetime
    changed_by: TokenId


class Deletion(BaseModel):
    """A run that was deleted, and stored again later where `lifted_at` says so."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    run_id: RunId
    sha256: Sha256
    deleted_at: AwareDatetime
    deleted_by: TokenId
    lifted_at: AwareDatetime | None = None

    @property
    def decided(self) -> tuple[datetime, bool]:
        """When the last word was said, and whether it was to delete: of two, the greater counts."""
        return self.lifted_at or self.deleted_at, self.lifted_at is None
