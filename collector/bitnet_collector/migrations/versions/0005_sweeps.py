"""The sweep that a run is a point of, found by its id and by its member."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_sweeps"
down_revision = "0004_store_version"

_OF_A_SWEEP = sa.text("sweep_id IS NOT NULL")


def upgrade() -> None:
    """Add the column and its indexes; runs from before are in no sweep, or are found after a reindex."""
    op.add_column("run", sa.Column("sweep_id", sa.String(), nullable=True))
    for name, columns in (
        ("run_of_sweep", ["sweep_id", "run_id"]),
        ("run_sweeps_of_member", ["member", "sweep_id"]),
    ):
        op.create_index(name, "run", columns, sqlite_where=_OF_A_SWEEP, postgresql_where=_OF_A_SWEEP)
