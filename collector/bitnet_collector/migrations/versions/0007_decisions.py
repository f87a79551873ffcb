"""When each thing that admins say of a run was decided, so that two collectors can be merged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_decisions"
down_revision = "0006_filters_together"


def upgrade() -> None:
    """Add the times; what was said before was decided when it was last changed."""
    for table, name in (
        ("curation", "note_at"),
        ("curation", "baseline_at"),
        ("curation", "hidden_at"),
        ("tombstone", "lifted_at"),
    ):
        op.add_column(table, sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE curation SET note_at = changed_at WHERE note IS NOT NULL")
    op.execute("UPDATE curation SET baseline_at = changed_at WHERE baseline_of IS NOT NULL")
    op.execute("UPDATE curation SET hidden_at = changed_at WHERE hidden")
