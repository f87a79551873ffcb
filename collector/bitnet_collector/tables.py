"""The tables. A raw report is the truth; a run's columns and the latest runs are indexes made from it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    and_,
    literal_column,
    or_,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel, col


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, also where the database (SQLite) keeps no offset."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC on the way in."""
        del dialect
        return None if value is None else value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """With its offset on the way out."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


Count = BigInteger().with_variant(Integer, "sqlite")
"""A report may count up to 2^53; SQLite's INTEGER holds that, PostgreSQL's does not."""


class Run(SQLModel, table=True):
    """One run's columns: what lists are filtered and ordered by, and what the summary shows.

    `measured_at` is when the run began, but never later than `received_at`: a clock that runs ahead
    must not keep its runs on top for ever. Times are ms, memory MB, clocks MHz. `low` and `high` bound a 95 %
    interval, decode's for the median step (ms/token); null where the report has no statistics. `reasons` are
    the whole caveats, of which `caveats` holds the codes.

    Every set of `member, model, workload, grade` has an index that ends in the order of the lists, but for
    those with both model and workload: a workload is of one model.
    """

    __table_args__ = (
        Index("run_newest", "measured_at", "run_id"),
        Index("run_of_member", "member", "measured_at", "run_id"),
        Index("run_of_workload", "workload_id", "measured_at", "run_id"),
        Index("run_of_model", "model", "measured_at", "run_id"),
        Index("run_of_grade", "grade", "measured_at", "run_id"),
        Index("run_of_pair", "workload_id", "member", "measured_at", "run_id"),
        Index("run_of_member_model", "member", "model", "measured_at", "run_id"),
        Index("run_of_member_grade", "member", "grade", "measured_at", "run_id"),
        Index("run_of_model_grade", "model", "grade", "measured_at", "run_id"),
        Index("run_of_workload_grade", "workload_id", "grade", "measured_at", "run_id"),
        Index("run_of_pair_grade", "workload_id", "member", "grade", "measured_at", "run_id"),
        Index("run_of_member_model_grade", "member", "model", "grade", "measured_at", "run_id"),
    )

    run_id: str = Field(primary_key=True)
    sha256: str
    received_at: datetime = Field(sa_type=UtcDateTime)
    measured_at: datetime = Field(sa_type=UtcDateTime)
    member: str
    schema_version: int
    agent_version: str | None = None
    workload_id: str
    sweep_id: str | None = None
    work: dict[str, Any] = Field(sa_type=JSON)
    known_work: bool
    model: str
    weights: str
    engine: str
    dtype: str | None = None
    threads: int | None = Field(default=None, sa_type=Count)
    generated_sha256: str | None = None
    cpu: str
    freq_base_mhz: float | None = None
    clock_mhz: float | None = None
    clock_source: str | None = None
    reference_freq_mhz: float
    total_time_ms: float
    prefill_ms: float | None = None
    prefill_low: float | None = None
    prefill_high: float | None = None
    prefill_n: int | None = Field(default=None, sa_type=Count)
    prefill_normalized_ms: float | None = None
    decode_ms_per_token: float | None = None
    decode_low: float | None = None
    decode_high: float | None = None
    decode_n: int | None = Field(default=None, sa_type=Count)
    decode_normalized_ms_per_token: float | None = None
    decode_tokens_per_s: float | None = None
    peak_memory_mb: float | None = None
    grade: str | None = None
    caveats: list[str] = Field(sa_type=JSON)
    reasons: list[dict[str, Any]] | None = Field(default=None, sa_type=JSON)


def rankable(run: Any) -> ColumnElement[bool]:
    """Whether a run's figures may be ranked: not graded invalid, with a time per token.

    Written without parameters: the index `run_best` holds these runs alone, and a database uses it only for a
    query that says the very same.
    """
    return and_(
        run.decode_ms_per_token > literal_column("0"),
        or_(run.grade.is_(None), run.grade != literal_column("'invalid'")),
    )


Index(
    "run_best",
    col(Run.workload_id),
    col(Run.member),
    col(Run.decode_ms_per_token),
    col(Run.measured_at).desc(),
    col(Run.run_id).desc(),
    sqlite_where=rankable(Run),
    postgresql_where=rankable(Run),
)


for _name, _columns in (
    ("run_of_sweep", (Run.sweep_id, Run.run_id)),
    ("run_sweeps_of_member", (Run.member, Run.sweep_id)),
    ("run_points_of_pair", (Run.workload_id, Run.member, Run.sweep_id)),
):
    _some = col(Run.sweep_id).is_not(None)
    Index(_name, *map(col, _columns), sqlite_where=_some, postgresql_where=_some)


class RawReport(SQLModel, table=True):
    """A report byte for byte as it was sent (after any gzip), and the SHA-256 of those bytes."""

    __tablename__ = "raw_report"

    run_id: str = Field(primary_key=True, foreign_key="run.run_id")
    sha256: str
    received_at: datetime = Field(sa_type=UtcDateTime)
    body: bytes = Field(sa_type=LargeBinary)


class Latest(SQLModel, table=True):
    """A member's latest run in one workload, and how many they have there.

    Kept up with every report, so that the summary costs the same however many runs are stored.
    """

    workload_id: str = Field(primary_key=True)
    member: str = Field(primary_key=True)
    run_id: str = Field(foreign_key="run.run_id")
    measured_at: datetime = Field(sa_type=UtcDateTime)
    runs: int = Field(sa_type=Count)


class Curation(SQLModel, table=True):
    """What an admin has said of a run; a run without a row has nothing said of it.

    `baseline_of` is the workload of which this run is the baseline, else null: being unique, it keeps each
    workload to one baseline. A `hidden` run stands in the list and on its own page, and counts in no
    summary. `changed_by` is a token's id. Each of the three has the time at which it was decided (null:
    never), so that of two collectors' words the newest can be taken (`archive.merging`).
    """

    __tablename__ = "curation"

    run_id: str = Field(primary_key=True, foreign_key="run.run_id")
    note: str | None = None
    baseline_of: str | None = Field(default=None, unique=True)
    hidden: bool = False
    note_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    baseline_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    hidden_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: str

    @property
    def baseline(self) -> bool:
        """Whether other runs of its workload are held against this one."""
        return self.baseline_of is not None


class Tombstone(SQLModel, table=True):
    """A run that an admin deleted: enough to refuse it when a spool sends it again, and no more.

    One that an admin stored again has `lifted_at`: it refuses nothing, and says that this decision is newer
    than the deletion.
    """

    __tablename__ = "tombstone"

    run_id: str = Field(primary_key=True)
    sha256: str
    deleted_at: datetime = Field(sa_type=UtcDateTime)
    deleted_by: str
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Token(SQLModel, table=True):
    """A token: its public id, whose it is, and the SHA-256 of its secret. Rows are never taken out."""

    __tablename__ = "token"

    token_id: str = Field(primary_key=True)
    member: str
    admin: bool = False
    sha256: str
    made_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class StoreVersion(SQLModel, table=True):
    """The one row that `database.version` reads; `changes` counts on SQLite alone."""

    __tablename__ = "store_version"

    epoch: str = Field(primary_key=True)
    changes: int = Field(sa_type=BigInteger)


class Standing(NamedTuple):
    """A member's latest run in one workload, with the number of runs they have there."""

    run: Run
    runs: int
