"""Tokens, what admins say of runs, and the marks of runs that they deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_tokens"
down_revision = "0001_reports"


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "token",
        sa.Column("token_id", sa.String(), primary_key=True),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("admin", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "curation",
        sa.Column("run_id", sa.String(), sa.ForeignKey("run.run_id"), primary_key=True),
        sa.Column("note", sa.String()),
        sa.Column("baseline_of", sa.String(), unique=True),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
    )
    op.create_table(
        "tombstone",
        sa.Column("run_id", sa.String(), primary_key=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_by", sa.String(), nullable=False),
    )
