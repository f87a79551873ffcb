"""What the JSON routes answer with."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from .summary_table import WorkloadChoice


class Receipt(BaseModel):
    """Proof that a report is stored: `sha256` is over the bytes as sent; `durable`: they are on the disk."""

    run_id: str
    sha256: str
    durable: Literal[True] = True


class CurationItem(BaseModel):
    """What an admin has said of a run: `baseline` of its workload, or `hidden` from the summary."""

    model_config = ConfigDict(from_attributes=True)

    note: str | None
    baseline: bool
    hidden: bool
    changed_at: datetime
    changed_by: str


class Whoami(BaseModel):
    """Who asks; `member` is null without a token, and `may` is empty where nothing is allowed."""

    role: Literal["anonymous", "member", "admin"]
    member: str | None
    may: list[Literal["read", "submit", "manage"]]


class RunItem(BaseModel):
    """A stored run's columns; times in ms, memory in MB, clocks in MHz; `url` gives the whole report.

    `low` and `high` bound a 95 % interval over `n` samples, decode's of single steps (ms/token).
    """

    model_config = ConfigDict(from_attributes=True)

    run_id: str
    url: str = ""
    sha256: str
    member: str
    measured_at: datetime
    received_at: datetime
    schema_version: int
    agent_version: str | None
    workload_id: str
    work: dict[str, Any]
    model: str
    weights: str
    engine: str
    dtype: str | None
    threads: int | None
    cpu: str
    freq_base_mhz: float | None
    clock_mhz: float | None
    clock_source: str | None
    reference_freq_mhz: float
    total_time_ms: float
    prefill_ms: float | None
    prefill_low: float | None
    prefill_high: float | None
    prefill_n: int | None
    prefill_normalized_ms: float | None
    decode_ms_per_token: float | None
    decode_low: float | None
    decode_high: float | None
    decode_n: int | None
    decode_normalized_ms_per_token: float | None
    decode_tokens_per_s: float | None
    peak_memory_mb: float | None
    grade: str | None
    caveats: list[str]
    curation: CurationItem | None = None


class RunPage(BaseModel):
    """Some runs, newest first, and where the next ones are (null at the end)."""

    runs: list[RunItem]
    next: str | None


class MemberItem(BaseModel):
    """A member: named in the collector's configuration, or known from a report."""

    member: str
    configured: bool
    runs: int
    latest_run_id: str | None
    latest_at: datetime | None


class Members(BaseModel):
    """Configured members in their order, then others by name."""

    members: list[MemberItem]


class Workloads(BaseModel):
    """Every workload, in the order in which the summary prefers them."""

    workloads: list[WorkloadChoice]


class Health(BaseModel):
    """The process is alive; `schema_versions` are the reports that it reads."""

    status: Literal["ok"] = "ok"
    version: str
    schema_versions: list[int]


class Ready(BaseModel):
    """The database answers."""

    status: Literal["ready"] = "ready"
