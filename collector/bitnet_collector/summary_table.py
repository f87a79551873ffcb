"""The summary as a value: what every format shows, and the JSON that `/summary.json` gives."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from bitnet_report import Caveat

REFERENCE_MHZ = 3000.0
"""The clock that the summary normalises to (the brief's 3.0 GHz), whatever clock a report chose."""

Unranked = Literal["no-run", "other-work", "unknown-work", "invalid", "no-decode-time"]
"""Why a row has no rank."""


class WorkloadChoice(BaseModel):
    """One piece of work that members ran; `known` says whether its reports prove what was done."""

    workload_id: str
    work: dict[str, Any]
    known: bool
    members: int
    runs: int
    latest_at: datetime


class Difference(BaseModel):
    """Where a run's work differs from the chosen workload; null is `not stated`."""

    field: str
    this: str | int | None
    reference: str | int | None


class SummaryRow(BaseModel):
    """A member's latest run. Times are ms, memory MB, clocks MHz, age seconds; null is unknown.

    `ratio` is decode ms/token over the fastest ranked one; the normalised times are at 3.0 GHz. `low` and
    `high` bound the 95 % interval over `n` samples: prefill's repetitions, decode's single steps.
    """

    member: str
    rank: int | None = None
    ratio: float | None = None
    unranked: Unranked | None = None
    run_id: str | None = None
    workload_id: str | None = None
    measured_at: datetime | None = None
    age_s: float | None = None
    cpu: str | None = None
    freq_base_mhz: float | None = None
    clock_mhz: float | None = None
    clock_source: str | None = None
    prefill_ms: float | None = None
    prefill_low: float | None = None
    prefill_high: float | None = None
    prefill_n: int | None = None
    prefill_normalized_ms: float | None = None
    decode_ms_per_token: float | None = None
    decode_low: float | None = None
    decode_high: float | None = None
    decode_n: int | None = None
    decode_normalized_ms_per_token: float | None = None
    decode_tokens_per_s: float | None = None
    peak_memory_mb: float | None = None
    grade: str | None = None
    caveats: list[str] = Field(default_factory=list)
    reasons: list[Caveat] = Field(default_factory=list)
    model: str | None = None
    weights: str | None = None
    engine: str | None = None
    dtype: str | None = None
    threads: int | None = None
    differs: list[Difference] = Field(default_factory=list)


class Note(BaseModel):
    """Something that does not hinder the comparison but bears on it, with each member's value."""

    code: Literal["threads-differ", "tokens-differ"]
    values: dict[str, str | int | None]


class SummaryTable(BaseModel):
    """The merged table of one workload, and the workloads that there are, the most telling first."""

    generated_at: datetime
    reference_freq_mhz: float = REFERENCE_MHZ
    workload: WorkloadChoice | None
    rows: list[SummaryRow]
    notes: list[Note]
    workloads: list[WorkloadChoice]
