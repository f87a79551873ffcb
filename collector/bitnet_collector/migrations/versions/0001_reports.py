"""Runs, their raw reports, and the latest run of each member in each workload.

Databases were made without revisions before this one; what they lack is added, and their rows stay.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001_reports"
down_revision = None

_big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_tables = sa.MetaData()
_run = sa.Table(
    "run",
    _tables,
    sa.Column("run_id", sa.String(), primary_key=True),
    sa.Column("sha256", sa.String(), nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("member", sa.String(), nullable=False),
    sa.Column("schema_version", sa.Integer(), nullable=False),
    sa.Column("agent_version", sa.String()),
    sa.Column("workload_id", sa.String(), nullable=False),
    sa.Column("work", sa.JSON(), nullable=False),
    sa.Column("known_work", sa.Boolean(), nullable=False),
    sa.Column("model", sa.String(), nullable=False),
    sa.Column("weights", sa.String(), nullable=False),
    sa.Column("engine", sa.String(), nullable=False),
    sa.Column("dtype", sa.String()),
    sa.Column("threads", _big),
    sa.Column("generated_sha256", sa.String()),
    sa.Column("cpu", sa.String(), nullable=False),
    sa.Column("freq_base_mhz", sa.Float()),
    sa.Column("clock_mhz", sa.Float()),
    sa.Column("clock_source", sa.String()),
    sa.Column("reference_freq_mhz", sa.Float(), nullable=False),
    sa.Column("total_time_ms", sa.Float(), nullable=False),
    sa.Column("prefill_ms", sa.Float()),
    sa.Column("prefill_low", sa.Float()),
    sa.Column("prefill_high", sa.Float()),
    sa.Column("prefill_n", _big),
    sa.Column("prefill_normalized_ms", sa.Float()),
    sa.Column("decode_ms_per_token", sa.Float()),
    sa.Column("decode_low", sa.Float()),
    sa.Column("decode_high", sa.Float()),
    sa.Column("decode_n", _big),
    sa.Column("decode_normalized_ms_per_token", sa.Float()),
    sa.Column("decode_tokens_per_s", sa.Float()),
    sa.Column("peak_memory_mb", sa.Float()),
    sa.Column("grade", sa.String()),
    sa.Column("caveats", sa.JSON(), nullable=False),
    sa.Column("reasons", sa.JSON()),
    sa.Index("run_newest", "measured_at", "run_id"),
    sa.Index("run_of_member", "member", "measured_at", "run_id"),
    sa.Index("run_of_workload", "workload_id", "measured_at", "run_id"),
    sa.Index("run_of_model", "model", "measured_at", "run_id"),
    sa.Index("run_of_grade", "grade", "measured_at", "run_id"),
)
sa.Table(
    "raw_report",
    _tables,
    sa.Column("run_id", sa.String(), sa.ForeignKey("run.run_id"), primary_key=True),
    sa.Column("sha256", sa.String(), nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("body", sa.LargeBinary(), nullable=False),
)
sa.Table(
    "latest",
    _tables,
    sa.Column("workload_id", sa.String(), primary_key=True),
    sa.Column("member", sa.String(), primary_key=True),
    sa.Column("run_id", sa.String(), sa.ForeignKey("run.run_id"), nullable=False),
    sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("runs", _big, nullable=False),
)


def upgrade() -> None:
    """Make the tables, or what is missing of them; in old rows a new column is null."""
    connection = op.get_bind()
    found = sa.inspect(connection)
    present = set(found.get_table_names())
    for table in _tables.sorted_tables:
        if table.name not in present:
            table.create(connection)
            continue
        columns = {column["name"] for column in found.get_columns(table.name)}
        for column in table.columns:
            if column.name not in columns:
                op.add_column(table.name, sa.Column(column.name, column.type, nullable=column.nullable))
        for index in table.indexes:
            index.create(connection, checkfirst=True)
