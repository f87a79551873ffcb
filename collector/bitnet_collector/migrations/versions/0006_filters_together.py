"""An index for every set of filters that lists of runs take together: what is rare is not searched for."""

from __future__ import annotations

from alembic import op

revision = "0006_filters_together"
down_revision = "0005_sweeps"


def upgrade() -> None:
    """Make them; on a large table this takes a while, once."""
    for name, columns in (
        ("run_of_member_model", ["member", "model"]),
        ("run_of_member_grade", ["member", "grade"]),
        ("run_of_model_grade", ["model", "grade"]),
        ("run_of_workload_grade", ["workload_id", "grade"]),
        ("run_of_pair_grade", ["workload_id", "member", "grade"]),
        ("run_of_member_model_grade", ["member", "model", "grade"]),
    ):
        op.create_index(name, "run", [*columns, "measured_at", "run_id"])
