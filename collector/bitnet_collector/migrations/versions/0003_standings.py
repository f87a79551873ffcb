"""Indexes that find a member's newest and best runs of a workload, however many there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_standings"
down_revision = "0002_tokens"

_RANKABLE = sa.text("decode_ms_per_token > 0 AND (grade IS NULL OR grade != 'invalid')")


def upgrade() -> None:
    """Make both where they are missing; on a large table this takes a while, once."""
    op.create_index(
        "run_of_pair", "run", ["workload_id", "member", "measured_at", "run_id"], if_not_exists=True
    )
    op.create_index(
        "run_best",
        "run",
        [
            "workload_id",
            "member",
            "decode_ms_per_token",
            sa.text("measured_at DESC"),
            sa.text("run_id DESC"),
        ],
        sqlite_where=_RANKABLE,
        postgresql_where=_RANKABLE,
        if_not_exists=True,
    )
