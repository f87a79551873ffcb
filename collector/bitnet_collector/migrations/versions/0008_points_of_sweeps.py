"""How many points of sweeps a member has in one workload is counted in an index of them alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_points_of_sweeps"
down_revision = "0007_decisions"

_OF_A_SWEEP = sa.text("sweep_id IS NOT NULL")


def upgrade() -> None:
    """Make the index."""
    op.create_index(
        "run_points_of_pair",
        "run",
        ["workload_id", "member", "sweep_id"],
        sqlite_where=_OF_A_SWEEP,
        postgresql_where=_OF_A_SWEEP,
    )
