"""A count of changes, kept by triggers on SQLite, so that an unchanged page is known without making it."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0004_store_version"
down_revision = "0003_standings"


def upgrade() -> None:
    """Make the table with its one row; `database.migrating` sets the triggers after every upgrade."""
    table = op.create_table(
        "store_version",
        sa.Column("epoch", sa.String(), primary_key=True),
        sa.Column("changes", sa.BigInteger(), nullable=False),
    )
    op.bulk_insert(table, [{"epoch": secrets.token_hex(8), "changes": 0}])
